/** One call of every action on what stands around a workload, with the command that it stands for. */
import type { ActionCall } from '../../../src/domain/action.ts';

export const callsAround: [ActionCall, string][] = [
  [
    {
      action: 'fix_service_port',
      parameters: {
        namespace: 'shop',
        service: 'payments',
        ports: [
          { port: 80, targetPort: 8080 },
          { port: 90, targetPort: 'admin' },
        ],
      },
    },
    'kubectl patch service/payments --type=strategic -p ' +
      '{"spec":{"ports":[{"port":80,"targetPort":8080},{"port":90,"targetPort":"admin"}]}} -n shop',
  ],
  [
    {
      action: 'raise_hpa_maximum',
      parameters: { namespace: 'shop', autoscaler: 'checkout', maxReplicas: 5 },
    },
    'kubectl patch hpa/checkout --type=merge -p {"spec":{"maxReplicas":5}} -n shop',
  ],
  [
    {
      action: 'fix_ingress_class',
      parameters: { namespace: 'shop', ingress: 'front', ingressClass: 'nginx' },
    },
    'kubectl patch ingress/front --type=merge -p {"spec":{"ingressClassName":"nginx"}} -n shop',
  ],
  [
    {
      action: 'fix_role_resource',
      parameters: {
        namespace: 'shop',
        role: 'reader',
        rule: 0,
        resource: 1,
        group: '',
        from: 'pod',
        to: 'pods',
        deployment: 'checkout',
      },
    },
    'kubectl patch role/reader --type=json -p ' +
      '[{"op":"test","path":"/rules/0/apiGroups","value":[""]},{"op":"test","path":"/rules/0/resources/1","value":"pod"},{"op":"replace","path":"/rules/0/resources/1","value":"pods"}] -n shop',
  ],
  [
    { action: 'run_cron_job', parameters: { namespace: 'shop', cronjob: 'export', job: 'export-2-again' } },
    'kubectl create job export-2-again --from=cronjob/export -n shop',
  ],
];
