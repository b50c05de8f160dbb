/** Whether Claude can be asked, and by which model. Pure. */
import { linesOf, settingFix, type Check, type Fix } from './check.ts';
import type { Observed } from './observed.ts';

const line = linesOf('Claude');
const keyFix: Fix = { title: 'Set Anthropic API Key', command: 'oncall.setAnthropicKey' };
const modelFix: Fix = { title: 'Choose Claude Model', command: 'oncall.chooseClaudeModel' };

export function claudeChecks({ claude, settings }: Observed): Check[] {
  if (settings.engine === 'builtin')
    return [
      line.ok('The built-in diagnosis alone is chosen; nothing is sent to Claude', {
        fix: settingFix('oncall.analysis.engine'),
      }),
    ];
  if (claude === undefined)
    return [
      line[settings.engine === 'claude' ? 'problem' : 'note'](
        'No Anthropic API key is set: the built-in diagnosis works alone',
        { fix: keyFix },
      ),
    ];
  if ('failure' in claude)
    return [
      line.problem('Claude does not answer as it should; the built-in diagnosis is used', {
        more: [claude.failure],
        fix: keyFix,
      }),
    ];
  const { models } = claude.value;
  const { model } = settings.claude;
  if (model !== undefined && !models.includes(model))
    return [
      line.problem(`The account has no model ${model}`, {
        more: ['It is named in "oncall.claude.model".'],
        fix: modelFix,
      }),
    ];
  return [line.ok(`Claude answers: ${models.length} models, ${model ?? 'the default one'} is used`)];
}
