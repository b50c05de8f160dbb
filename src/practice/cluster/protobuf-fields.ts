/**
 * The fields of the objects that kubectl creates in protobuf, by their numbers in the generated.proto files of
 * https://github.com/kubernetes/api and https://github.com/kubernetes/apimachinery. What is not listed is refused where it is set.
 */

/**
 * How a value is read. `text`, `number` and `flag` are always written, so that an empty one means nothing; `number?` and `flag?`
 * are written where they are set. `bytes` become base64. `inline` fields belong to the message around them.
 */
export type FieldType =
  | 'text'
  | 'number'
  | 'number?'
  | 'flag'
  | 'flag?'
  | 'bytes'
  | 'quantity'
  | 'int or string'
  | { readonly message: Fields }
  | { readonly inline: Fields }
  | { readonly map: 'text' | 'bytes' | 'quantity' }
  | { readonly list: 'text' | Fields };

/** By field number: its name in JSON, and its type. */
export type Fields = Readonly<Record<number, readonly [name: string, type: FieldType]>>;

/** Texts, numbered from 1. */
const texts = (...names: string[]): Fields =>
  Object.fromEntries(names.map((name, index) => [index + 1, [name, 'text'] as const]));

const metadata: Fields = {
  ...{ 1: ['name', 'text'], 2: ['generateName', 'text'], 3: ['namespace', 'text'] },
  ...{ 11: ['labels', { map: 'text' }], 12: ['annotations', { map: 'text' }] },
  13: [
    'ownerReferences',
    {
      list: {
        ...{ 1: ['kind', 'text'], 3: ['name', 'text'], 4: ['uid', 'text'], 5: ['apiVersion', 'text'] },
        ...{ 6: ['controller', 'flag?'], 7: ['blockOwnerDeletion', 'flag?'] },
      },
    },
  ],
  14: ['finalizers', { list: 'text' }],
};

const selector: Fields = {
  1: ['matchLabels', { map: 'text' }],
  2: ['matchExpressions', { list: { ...texts('key', 'operator'), 3: ['values', { list: 'text' }] } }],
};

const named: FieldType = { inline: texts('name') };
const keyOf: FieldType = { message: { 1: ['', named], 2: ['key', 'text'], 3: ['optional', 'flag?'] } };
const sourceOf: FieldType = { message: { 1: ['', named], 2: ['optional', 'flag?'] } };
const items: FieldType = {
  list: { 1: ['key', 'text'], 2: ['path', 'text'], 3: ['mode', 'number?'] },
};

const env: Fields = {
  ...texts('name', 'value'),
  3: [
    'valueFrom',
    {
      message: {
        1: ['fieldRef', { message: texts('apiVersion', 'fieldPath') }],
        3: ['configMapKeyRef', keyOf],
        4: ['secretKeyRef', keyOf],
      },
    },
  ],
};

const probe: FieldType = {
  message: {
    1: [
      '',
      {
        inline: {
          1: ['exec', { message: { 1: ['command', { list: 'text' }] } }],
          2: [
            'httpGet',
            {
              message: {
                ...{ 1: ['path', 'text'], 2: ['port', 'int or string'], 3: ['host', 'text'] },
                ...{ 4: ['scheme', 'text'], 5: ['httpHeaders', { list: texts('name', 'value') }] },
              },
            },
          ],
          3: ['tcpSocket', { message: { 1: ['port', 'int or string'], 2: ['host', 'text'] } }],
        },
      },
    ],
    ...{ 2: ['initialDelaySeconds', 'number'], 3: ['timeoutSeconds', 'number'] },
    ...{ 4: ['periodSeconds', 'number'], 5: ['successThreshold', 'number'] },
    ...{ 6: ['failureThreshold', 'number'], 7: ['terminationGracePeriodSeconds', 'number?'] },
  },
};

const container: Fields = {
  ...{ 1: ['name', 'text'], 2: ['image', 'text'], 3: ['command', { list: 'text' }] },
  ...{ 4: ['args', { list: 'text' }], 5: ['workingDir', 'text'] },
  6: [
    'ports',
    {
      list: {
        ...{ 1: ['name', 'text'], 2: ['hostPort', 'number'], 3: ['containerPort', 'number'] },
        ...{ 4: ['protocol', 'text'], 5: ['hostIP', 'text'] },
      },
    },
  ],
  7: ['env', { list: env }],
  8: ['resources', { message: { 1: ['limits', { map: 'quantity' }], 2: ['requests', { map: 'quantity' }] } }],
  9: [
    'volumeMounts',
    {
      list: {
        ...{ 1: ['name', 'text'], 2: ['readOnly', 'flag'], 3: ['mountPath', 'text'] },
        4: ['subPath', 'text'],
      },
    },
  ],
  ...{ 10: ['livenessProbe', probe], 11: ['readinessProbe', probe], 22: ['startupProbe', probe] },
  ...{ 13: ['terminationMessagePath', 'text'], 14: ['imagePullPolicy', 'text'] },
  ...{ 16: ['stdin', 'flag'], 17: ['stdinOnce', 'flag'], 18: ['tty', 'flag'] },
  19: [
    'envFrom',
    { list: { 1: ['prefix', 'text'], 2: ['configMapRef', sourceOf], 3: ['secretRef', sourceOf] } },
  ],
  20: ['terminationMessagePolicy', 'text'],
};

const volumeSource: Fields = {
  2: ['emptyDir', { message: { 1: ['medium', 'text'], 2: ['sizeLimit', 'quantity'] } }],
  6: [
    'secret',
    {
      message: {
        ...{ 1: ['secretName', 'text'], 2: ['items', items] },
        ...{ 3: ['defaultMode', 'number?'], 4: ['optional', 'flag?'] },
      },
    },
  ],
  10: ['persistentVolumeClaim', { message: { 1: ['claimName', 'text'], 2: ['readOnly', 'flag'] } }],
  19: [
    'configMap',
    {
      message: {
        1: ['', named],
        2: ['items', items],
        3: ['defaultMode', 'number?'],
        4: ['optional', 'flag?'],
      },
    },
  ],
};

const podSpec: Fields = {
  1: ['volumes', { list: { 1: ['name', 'text'], 2: ['', { inline: volumeSource }] } }],
  ...{ 2: ['containers', { list: container }], 20: ['initContainers', { list: container }] },
  ...{ 3: ['restartPolicy', 'text'], 4: ['terminationGracePeriodSeconds', 'number?'] },
  ...{ 5: ['activeDeadlineSeconds', 'number?'], 6: ['dnsPolicy', 'text'] },
  ...{ 7: ['nodeSelector', { map: 'text' }], 8: ['serviceAccountName', 'text'] },
  ...{ 9: ['serviceAccount', 'text'], 10: ['nodeName', 'text'] },
  ...{ 14: ['securityContext', { message: {} }], 19: ['schedulerName', 'text'] },
  ...{ 15: ['imagePullSecrets', { list: texts('name') }], 21: ['automountServiceAccountToken', 'flag?'] },
  22: [
    'tolerations',
    { list: { ...texts('key', 'operator', 'value', 'effect'), 5: ['tolerationSeconds', 'number?'] } },
  ],
};

const object = (more: Fields): Fields => ({ 1: ['metadata', { message: metadata }], ...more });
const template: FieldType = { message: object({ 2: ['spec', { message: podSpec }] }) };

const jobSpec: Fields = {
  ...{
    1: ['parallelism', 'number?'],
    2: ['completions', 'number?'],
    3: ['activeDeadlineSeconds', 'number?'],
  },
  ...{ 4: ['selector', { message: selector }], 5: ['manualSelector', 'flag?'], 6: ['template', template] },
  ...{ 7: ['backoffLimit', 'number?'], 8: ['ttlSecondsAfterFinished', 'number?'] },
  ...{ 9: ['completionMode', 'text'], 10: ['suspend', 'flag?'], 14: ['podReplacementPolicy', 'text'] },
};

const cronJobSpec: Fields = {
  ...{ 1: ['schedule', 'text'], 2: ['startingDeadlineSeconds', 'number?'], 3: ['concurrencyPolicy', 'text'] },
  ...{
    4: ['suspend', 'flag?'],
    5: ['jobTemplate', { message: object({ 2: ['spec', { message: jobSpec }] }) }],
  },
  ...{ 6: ['successfulJobsHistoryLimit', 'number?'], 7: ['failedJobsHistoryLimit', 'number?'] },
  8: ['timeZone', 'text'],
};

const deploymentSpec: Fields = {
  ...{ 1: ['replicas', 'number?'], 2: ['selector', { message: selector }], 3: ['template', template] },
};

const serviceSpec: Fields = {
  1: [
    'ports',
    {
      list: {
        ...{ 1: ['name', 'text'], 2: ['protocol', 'text'], 3: ['port', 'number'] },
        ...{ 4: ['targetPort', 'int or string'], 5: ['nodePort', 'number'] },
      },
    },
  ],
  ...{ 2: ['selector', { map: 'text' }], 3: ['clusterIP', 'text'], 4: ['type', 'text'] },
};

const rules: FieldType = {
  list: {
    ...{
      1: ['verbs', { list: 'text' }],
      2: ['apiGroups', { list: 'text' }],
      3: ['resources', { list: 'text' }],
    },
    ...{ 4: ['resourceNames', { list: 'text' }], 5: ['nonResourceURLs', { list: 'text' }] },
  },
};

const target: FieldType = {
  message: {
    ...texts('type'),
    2: ['value', 'quantity'],
    3: ['averageValue', 'quantity'],
    4: ['averageUtilization', 'number?'],
  },
};
const autoscalerSpec: Fields = {
  1: ['scaleTargetRef', { message: texts('kind', 'name', 'apiVersion') }],
  ...{ 2: ['minReplicas', 'number?'], 3: ['maxReplicas', 'number'] },
  4: [
    'metrics',
    { list: { ...texts('type'), 4: ['resource', { message: { ...texts('name'), 2: ['target', target] } }] } },
  ],
};

/** By kind. Kinds of the same name in different groups do not differ in these fields. */
export const created: Readonly<Record<string, Fields>> = {
  ConfigMap: object({
    2: ['data', { map: 'text' }],
    3: ['binaryData', { map: 'bytes' }],
    4: ['immutable', 'flag?'],
  }),
  Secret: object({ 2: ['data', { map: 'bytes' }], 3: ['type', 'text'], 5: ['immutable', 'flag?'] }),
  Namespace: object({}),
  ServiceAccount: object({ 4: ['automountServiceAccountToken', 'flag?'] }),
  ResourceQuota: object({
    2: ['spec', { message: { 1: ['hard', { map: 'quantity' }], 2: ['scopes', { list: 'text' }] } }],
  }),
  Role: object({ 2: ['rules', rules] }),
  ClusterRole: object({ 2: ['rules', rules] }),
  Service: object({ 2: ['spec', { message: serviceSpec }] }),
  Job: object({ 2: ['spec', { message: jobSpec }] }),
  CronJob: object({ 2: ['spec', { message: cronJobSpec }] }),
  Deployment: object({ 2: ['spec', { message: deploymentSpec }] }),
  HorizontalPodAutoscaler: object({ 2: ['spec', { message: autoscalerSpec }] }),
};
