import assert from 'node:assert/strict';
import { breakableContext } from '../../../src/editor/breakable.ts';
import { readSettings, type Settings } from '../../../src/editor/settings.ts';

function settingsOf(given: Record<string, unknown>): Settings {
  return readSettings({ given: (key) => given[key], env: {} }).settings;
}

describe('A test cluster that may be broken', () => {
  it('is one that a person has named', () => {
    const settings = settingsOf({ 'kubernetes.context': 'kind-test' });
    assert.equal(breakableContext(settings, false), 'kind-test');
    assert.throws(() => breakableContext(settingsOf({}), false), /No context is named/);
  });

  it('does not call itself production', () => {
    for (const context of ['prod', 'eu-Production', 'nonprod']) {
      assert.throws(
        () => breakableContext(settingsOf({ 'kubernetes.context': context }), false),
        /has prod in its name/,
      );
    }
  });

  it('is none that the settings protect', () => {
    const settings = settingsOf({ 'kubernetes.context': 'staging', modeByContext: { staging: 'approval' } });
    assert.throws(() => breakableContext(settings, false), /oncall.modeByContext protects/);
  });

  it('is not looked for while practice runs', () => {
    assert.throws(
      () => breakableContext(settingsOf({ 'kubernetes.context': 'kind-test' }), true),
      /cluster of its own/,
    );
  });
});
