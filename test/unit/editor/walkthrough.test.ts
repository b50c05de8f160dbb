/** The walkthrough as the manifest has it: everything that it names is there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandTable } from '../../../src/editor/commandTable.ts';
import { manifest } from '../../support/manifest.ts';
import { root } from '../../support/paths.ts';

interface Step {
  readonly id: string;
  readonly description: string;
  /** A drawing that takes its colours from the theme, or a picture for each kind of theme. */
  readonly media: {
    readonly svg?: string;
    readonly image?: Readonly<Record<'dark' | 'light' | 'hc' | 'hcLight', string>>;
    readonly altText: string;
  };
  readonly completionEvents: readonly string[];
}
const { publisher, name, contributes } = manifest as {
  publisher: string;
  name: string;
  contributes: {
    walkthroughs: { id: string; steps: Step[] }[];
    configuration: { properties: Record<string, unknown> }[];
  };
};
const [walkthrough] = contributes.walkthroughs;
const steps = walkthrough?.steps ?? [];
const settings = new Set(contributes.configuration.flatMap(({ properties }) => Object.keys(properties)));
const source = readFileSync(join(root, 'src/editor/firstRun.ts'), 'utf8');

describe('The walkthrough', () => {
  it('leads from practice through the connections to the modes and their gates', () => {
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['practice', 'pagerduty', 'cluster', 'claude', 'modes', 'gates'],
    );
  });

  it('is the one that is opened', () => {
    const id = `${publisher}.${name}#${walkthrough?.id ?? ''}`;
    assert.ok(source.includes(`'${id}'`), id);
  });

  for (const { id, description, media, completionEvents } of steps) {
    it(`has a picture, buttons that exist, and an end that is noticed: ${id}`, () => {
      const { svg, image } = media;
      const files = svg === undefined ? [image?.dark, image?.light, image?.hc, image?.hcLight] : [svg];
      for (const file of files) assert.ok(file !== undefined && existsSync(join(root, file)), file);
      assert.ok(media.altText.length > 20);
      const links = [...description.matchAll(/\]\(command:([\w.]+)(?:\?([^)]*))?\)/g)];
      assert.ok(links.length > 0);
      for (const [, command = '', query = ''] of links) {
        if (command.startsWith('oncall.') && command !== 'oncall.incidents.focus')
          assert.ok(command in commandTable, command);
        const [setting = ''] = query === '' ? [] : (JSON.parse(decodeURIComponent(query)) as string[]);
        assert.ok(
          [...settings].some((known) => known.startsWith(setting)),
          setting,
        );
      }
      assert.ok(completionEvents.length > 0);
      for (const event of completionEvents) {
        const [kind, what = ''] = event.split(':');
        if (kind === 'onCommand') assert.ok(what in commandTable, what);
        else if (kind === 'onSettingChanged') assert.ok(settings.has(what), what);
        else
          assert.ok(kind === 'onContext' && (source.includes(`'${what}'`) || what === 'oncall.practising'));
      }
    });
  }

  it('has drawings that take their colours from the theme, and load nothing', () => {
    for (const { media } of steps) {
      if (media.svg === undefined) continue;
      const svg = readFileSync(join(root, media.svg), 'utf8');
      assert.doesNotMatch(
        svg,
        /#[0-9a-f]{3,8}\b|rgb\(|https?:\/\/(?!www\.w3\.org)|<script|<style|style=|href/i,
      );
    }
  });
});
