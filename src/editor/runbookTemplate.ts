/** The beginning of a runbook for an incident, for a person to go on with. Pure. */
import { plain } from './text.ts';

/** @param service what PagerDuty calls it; @param title the incident's */
export function runbookTemplate(service: string | undefined, title: string): string {
  // JSON is YAML: whatever stands in a title stays one text. Its own * and ? would be wildcards, which fit themselves too.
  const quoted = (text: string): string => JSON.stringify(plain(text, 120));
  return `---
# All that are given must fit; * stands for any text, ? for one character. A list offers several.
${service === undefined ? '# service: checkout' : `service: ${quoted(service)}`}
alert: ${quoted(plain(title, 120).replace(/…$/, '*'))}
# namespace: shop
# kind: Deployment
# name: checkout*
---

# ${plain(title, 120)}

What this is, how it shows, whom to ask.

## Look first

{{namespace}}, {{kind}}, {{name}} and {{pod}} (one that is not ready) are filled in from the incident.

\`\`\`sh
kubectl -n {{namespace}} describe {{kind}} {{name}}
kubectl -n {{namespace}} logs {{pod}} --previous --tail=50
\`\`\`

## Put it right

Each command becomes a step with its own risk, and waits for your approval.

\`\`\`sh
kubectl -n {{namespace}} rollout undo {{kind}}/{{name}}
\`\`\`
`;
}
