import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { actionNames, type ActionName } from '../../../src/domain/action.ts';
import { catalogue, readsOf } from '../../../src/remediation/actions/catalogue.ts';
import {
  actionRights,
  lockRights,
  readingRights,
  roleNames,
  rulesOf,
  secretPresence,
  type Right,
  type RoleName,
} from '../../../src/remediation/rights.ts';
import { kept } from '../../conformance/files.ts';
import { manifest, manifestFile, rightOf } from '../../support/rbac.ts';
import { callsReading } from './calls-reading.ts';

interface DeliveredRole {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

const delivered = (role: RoleName): DeliveredRole =>
  parse(readFileSync(manifestFile(role), 'utf8')) as DeliveredRole;

/** `patch apps/deployments`, sorted. */
const words = (rights: readonly Right[]): string[] => [
  ...new Set(
    rights.flatMap(({ group, resource, verbs }) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
  ),
];
const wordsOf = ({ rules }: DeliveredRole): string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
    ),
  );
const rightsIn = (role: RoleName): readonly Right[] =>
  Object.values(actionRights).flatMap((rights) => rights[role] ?? []);

describe('the roles that are delivered', () => {
  it('are what the table of rights makes of them: after a change, run "node test/support/rbac.ts"', () => {
    for (const role of roleNames) assert.equal(readFileSync(manifestFile(role), 'utf8'), manifest(role));
  });

  it('grant the union of what is needed, each right once, and nothing beside it', () => {
    const needed: Record<RoleName, readonly Right[]> = {
      'read-only': [...Object.values(readingRights).flat(), ...rightsIn('read-only')],
      'secret-presence': [secretPresence, ...rightsIn('secret-presence')],
      remediator: [...lockRights, ...rightsIn('remediator')],
      'node-operator': rightsIn('node-operator'),
    };
    for (const role of roleNames) {
      const granted = wordsOf(delivered(role));
      assert.deepEqual(granted.toSorted(), words(needed[role]).toSorted(), role);
      assert.deepEqual(granted.toSorted(), words(rulesOf(role)).toSorted(), role);
    }
  });

  it('hold no wildcard, nothing that gives more rights, and no way into a container', () => {
    for (const role of roleNames) {
      for (const right of wordsOf(delivered(role))) {
        assert.doesNotMatch(
          right,
          /\*|^(escalate|bind|impersonate) |pods\/(exec|attach|portforward)|nodes\/proxy/,
        );
      }
    }
  });

  it('let the one that reads change nothing, and read no Secret', () => {
    const granted = wordsOf(delivered('read-only'));
    // A review is asked by creating it; it is answered, and nothing of it is kept.
    const asks = 'create authorization.k8s.io/subjectaccessreviews';
    assert(granted.every((right) => right === asks || /^(get|list|watch) /.test(right)));
    assert(!granted.some((right) => right.endsWith('/secrets')));
    assert.deepEqual(wordsOf(delivered('secret-presence')), ['get /secrets']);
  });

  it('are applied by namespace where they change something in one', () => {
    assert.deepEqual(
      roleNames.map((role) => [delivered(role).kind, delivered(role).metadata]),
      [
        ['ClusterRole', { name: 'oncall-read-only' }],
        ['ClusterRole', { name: 'oncall-secret-presence' }],
        ['Role', { name: 'oncall-remediator' }],
        ['ClusterRole', { name: 'oncall-node-operator' }],
      ],
    );
  });

  it('say of each rule what it is for', () => {
    for (const role of roleNames) {
      const lines = readFileSync(manifestFile(role), 'utf8').split('\n');
      const rules = lines.flatMap((line, index) => (line.startsWith('  - apiGroups') ? [index] : []));
      assert(rules.length > 0);
      assert(rules.every((index) => /^ {2}# \w/.test(lines[index - 1] ?? '')));
    }
  });
});

describe('the table of rights', () => {
  it('has rights to change something for every action that does, and for no other', () => {
    const reading = new Set<ActionName>(callsReading.map(([call]) => call.action));
    for (const name of actionNames) {
      if (name === 'custom_command') continue;
      const changing = Object.entries(actionRights[name])
        .filter(([role]) => role === 'remediator' || role === 'node-operator')
        .flatMap(([, rights]) => words(rights))
        .filter((right) => /^(create|update|patch|delete) /.test(right));
      assert.equal(changing.length > 0, !reading.has(name), name);
    }
    assert(callsReading.every(([call]) => readsOf(call) !== undefined));
    assert.deepEqual(Object.keys(actionRights).sort(), Object.keys(catalogue).sort());
  });

  it('covers everything that the product and its kubectl were seen to ask for, in all practice incidents', async () => {
    const granted = new Set(roleNames.flatMap((role) => words(rulesOf(role))));
    const asked = new Set<string>();
    for (const { calls } of await kept()) {
      for (const { call, exchanges } of calls) {
        if (!call.startsWith('the product')) continue;
        for (const { question } of exchanges) {
          const right = rightOf(question.method, question.path);
          if (right !== undefined) asked.add(right);
        }
      }
    }
    assert(asked.size > 40, String(asked.size));
    assert.deepEqual(
      [...asked].filter((right) => !granted.has(right)),
      [],
    );
  });
});
