/** One call of every action that only reads, with the command that it stands for. */
import type { ActionCall } from '../../../src/domain/action.ts';

const checkout = { namespace: 'shop', deployment: 'checkout' };

export const callsReading: [ActionCall, string][] = [
  [
    {
      action: 'check_configmaps_secrets',
      parameters: { ...checkout, configMaps: ['checkout-config'], secrets: ['db', 'payments-key'] },
    },
    'kubectl get configmap/checkout-config secret/db secret/payments-key --ignore-not-found -n shop',
  ],
  [
    { action: 'check_dependencies', parameters: { ...checkout, services: ['payments', 'db'] } },
    'kubectl get services,endpoints payments db --ignore-not-found -n shop',
  ],
  [
    { action: 'check_resource_quotas', parameters: checkout },
    'kubectl describe resourcequotas,limitranges -n shop',
  ],
  [
    { action: 'verify_service_config', parameters: { namespace: 'shop', service: 'payments' } },
    'kubectl get service/payments endpoints/payments --ignore-not-found -o custom-columns=KIND:.kind,NAME:.metadata.name,SELECTOR:.spec.selector,PORT:.spec.ports[*].port,TARGET:.spec.ports[*].targetPort,READY:.subsets[*].addresses[*].ip,NOT-READY:.subsets[*].notReadyAddresses[*].ip,AT:.subsets[*].ports[*].port -n shop',
  ],
];
