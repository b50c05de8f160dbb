/** What VS Code gets when it loads the extension. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandTable } from '../../src/editor/commandTable.ts';

interface Manifest {
  contributes: { commands: { command: string; title: string; category?: string }[] };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('oncall-agent.oncall-agent');
  assert.ok(found, 'the extension is not installed in this VS Code');
  return found;
}

describe('The extension in a real VS Code', () => {
  before(async () => {
    await extension().activate();
  });

  it('activates', () => {
    assert.equal(extension().isActive, true);
  });

  it('registers every command that it contributes, and no other of its own', async () => {
    const { contributes } = extension().packageJSON as Manifest;
    const contributed = contributes.commands.map(({ command }) => command).sort();
    assert.deepEqual(
      Object.keys(commandTable).sort(),
      contributed,
      'the table of commands against package.json',
    );
    // VS Code registers `VIEW.focus` and the like by itself for each view.
    const ofViews = /^oncall\.incidents\./;
    const registered = (await vscode.commands.getCommands(true)).filter(
      (id) => id.startsWith('oncall.') && !ofViews.test(id),
    );
    assert.deepEqual(registered.sort(), contributed, 'what is registered against package.json');
  });

  it('names its commands so that they are found under "Oncall"', () => {
    const { contributes } = extension().packageJSON as Manifest;
    assert.deepEqual(
      contributes.commands.filter(({ category }) => category !== 'Oncall').map(({ command }) => command),
      [],
    );
  });

  it('offers agent mode tools that read and propose', async () => {
    const names = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('oncall_'));
    assert.deepEqual(names.sort(), ['oncall_assessCommand', 'oncall_diagnose', 'oncall_incidents']);
    const ask = async (name: string, input: object): Promise<string> => {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
      return content.map((part) => (part as vscode.LanguageModelTextPart).value).join('');
    };
    const assessed = await ask('oncall_assessCommand', { command: 'kubectl -n shop delete pod web-1' });
    assert.match(assessed, /"riskLevel":"high"/);
    assert.match(
      await ask('oncall_diagnose', { incidentId: 'nothing' }),
      /There is no open incident nothing/,
    );
  });

  it('hands the agent to other extensions', () => {
    const agent = extension().exports as Record<string, unknown>;
    const face = ['connect', 'handleAlert', 'executionHistory', 'auditLog', 'circuitBreaker', 'dispose'];
    assert.deepEqual(
      face.filter((method) => typeof agent[method] !== 'function'),
      [],
      'missing methods',
    );
  });
});
