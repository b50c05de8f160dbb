import assert from 'node:assert/strict';
import { commandTable, stepArgument, type Invoker } from '../../../src/editor/commandTable.ts';
import { manifest } from '../../support/manifest.ts';

interface MenuEntry {
  /** A menu holds submenus as well. */
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}
const { contributes } = manifest as {
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, MenuEntry[]>;
    keybindings: MenuEntry[];
    viewsWelcome: { contents: string }[];
    submenus: { id: string }[];
  };
};
const table = Object.entries(commandTable) as [string, readonly Invoker[]][];

describe('The commands', () => {
  it('of the table are those of the manifest', () => {
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).sort(),
      table.map(([id]) => id).sort(),
    );
  });

  it('that rows of the tree offer are made for it', () => {
    for (const { command } of contributes.menus['view/item/context'] ?? []) {
      const [, invokers] = table.find(([id]) => id === command) ?? [];
      assert.ok(invokers?.includes('incident'), command);
    }
  });

  it('in menus, keys and welcome texts all exist', () => {
    const known = new Set(table.map(([id]) => id));
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].flatMap(
      ({ command }) => command ?? [],
    );
    for (const { contents } of contributes.viewsWelcome) {
      used.push(...[...contents.matchAll(/\(command:(oncall\.\w+)/g)].map((match) => match[1] ?? ''));
    }
    for (const command of used) assert.ok(known.has(command), command);
    for (const { id } of contributes.submenus) {
      assert.ok((contributes.menus[id]?.length ?? 0) > 0, id);
      assert.ok(
        Object.values(contributes.menus)
          .flat()
          .some(({ submenu }) => submenu === id),
        id,
      );
    }
  });

  it('that answer a step are in the palette only while a step waits', () => {
    for (const id of ['approveStep', 'approveTogether', 'dryRunStep', 'editStep', 'skipStep']) {
      const entry = contributes.menus['commandPalette']?.find(({ command }) => command === `oncall.${id}`);
      assert.equal(entry?.when, 'oncall.asked', id);
    }
  });

  it('take a step from CodeLens and from a panel, and nothing that only looks like one', () => {
    const expected = { runId: 'r', stepId: 's', argvHash: 'h' };
    assert.deepEqual(stepArgument(['r', 's', 'h']), expected);
    assert.deepEqual(stepArgument([expected]), expected);
    assert.deepEqual(stepArgument([{ runId: 'r', stepId: 's' }]), { runId: 'r', stepId: 's' });
    for (const bad of [[], ['r'], [1, 2], [null], [{ runId: 'r' }], [{ runId: 'r', stepId: {} }]]) {
      assert.equal(stepArgument(bad), undefined);
    }
  });
});
