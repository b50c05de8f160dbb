/**
 * Names as Kubernetes allows them. Whatever comes from an alert passes here before it gets into a request.
 * Rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ .
 */

/** RFC 1123 label: namespaces, containers, Services. */
export function isLabelName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
}

/** RFC 1123 subdomain: most objects. */
export function isSubdomainName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text);
}

/** Whether a name can stand in a path of the API; some kinds (RBAC) allow more than a subdomain. */
export function isPathSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/[/%]/.test(text);
}

/**
 * The name of the remediation Lease of an incident: `oncall-` and the incident's id.
 * PagerDuty's ids are in capitals, which Kubernetes does not allow; what else is not allowed becomes a hyphen.
 */
export function lockName(incidentId: string): string {
  const id = incidentId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 200)
    .replace(/^-+|-+$/g, '');
  return id === '' ? 'oncall-incident' : `oncall-${id}`;
}
