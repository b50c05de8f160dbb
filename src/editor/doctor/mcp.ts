/** Whether the Kubernetes MCP server, where one is wanted, is there and can do what it is asked. Pure. */
import { linesOf, settingFix, type Check } from './check.ts';
import { rightWords } from './kubernetes.ts';
import type { McpSeen, Observed } from './observed.ts';

const line = linesOf('MCP server');
const settingsFix = settingFix('oncall.mcp');
const instead = 'kubectl carries steps out in its place.';

export function mcpChecks({ mcp }: Observed): Check[] {
  if (mcp === undefined) return [];
  if ('failure' in mcp)
    return [
      line.problem('The MCP server cannot be used', { more: [mcp.failure, instead], fix: settingsFix }),
    ];
  const { server, started, doubt } = mcp.value;
  return [
    line.ok(`${server} ${started ? 'starts' : 'answers'} and shakes hands`),
    ...(doubt === undefined
      ? []
      : [line.problem('Nothing is sent to it', { more: [`${doubt}.`, instead], fix: settingsFix })]),
    toolCheck(mcp.value),
    ...rightsCheck(mcp.value),
  ];
}

function toolCheck({ missingTools, wantedTools }: McpSeen): Check {
  return missingTools.length === 0
    ? line.ok(`It offers the ${wantedTools} tools that steps go through`)
    : line.note(`It does not offer ${missingTools.join(', ')}`, {
        more: ['kubectl does what these would. A server of version 0.0.66 with the toolset "core" has them.'],
        fix: settingsFix,
      });
}

/** A server that runs already has rights of its own, which are not ours to ask about. */
function rightsCheck({ rights, started }: McpSeen): Check[] {
  if (!started) return [line.note('It acts with rights of its own, not with yours', { fix: settingsFix })];
  if (rights === undefined) return [];
  if ('failure' in rights)
    return [line.unknown('What it may do could not be asked', { more: [rights.failure] })];
  const missing = rights.value.filter(({ allowed }) => !allowed);
  if (missing.length === 0) return [line.ok('You have the rights that it takes beside those of kubectl')];
  return [
    line.problem('Scaling through it fails: it reads and puts back the scale, where kubectl patches it', {
      more: [
        ...missing.map(rightWords),
        'Add them to your role, or set "oncall.kubernetes.transport" to kubectl.',
      ],
      fix: settingFix('oncall.kubernetes.transport'),
    }),
  ];
}
