/** The columns of volumes, claims, storage classes and quotas. Source: k8s.io/kubernetes pkg/printers/internalversion. */
import type {
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1ResourceQuota,
  V1StorageClass,
} from '@kubernetes/client-node';
import type { KubeObject } from '../object.ts';
import { age, column, name, wide, type Column } from './column.ts';

/** A column whose cell stays empty where there is nothing to show. */
function blank<T>(title: string, cell: (object: T) => string | undefined): Column {
  return {
    ...{ name: title, priority: 0, type: 'string' },
    cell: (object: KubeObject) => cell(object as unknown as T) ?? '',
  };
}

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function modes(all: readonly string[] | undefined): string {
  return Object.keys(shortModes)
    .filter((mode) => all?.includes(mode))
    .map((mode) => shortModes[mode])
    .join(',');
}

/** What is used of each resource: `limits.cpu: 200m/4`. */
function used({ status }: V1ResourceQuota, isLimit: boolean): string {
  return Object.entries(status?.hard ?? {})
    .filter(([resource]) => resource.startsWith('limits') === isLimit)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, hard]) => `${resource}: ${status?.used?.[resource] ?? '0'}/${hard}`)
    .join(', ');
}

const phase = ({
  metadata,
  status,
}: {
  metadata?: { deletionTimestamp?: unknown };
  status?: { phase?: string };
}): string | undefined => (metadata?.deletionTimestamp === undefined ? status?.phase : 'Terminating');

export const storageColumns: Readonly<Record<string, readonly Column[]>> = {
  PersistentVolumeClaim: [
    name,
    blank<V1PersistentVolumeClaim>('Status', phase),
    blank<V1PersistentVolumeClaim>('Volume', ({ spec }) => spec?.volumeName),
    blank<V1PersistentVolumeClaim>('Capacity', ({ status }) => status?.capacity?.['storage']),
    blank<V1PersistentVolumeClaim>('Access Modes', ({ status }) => modes(status?.accessModes)),
    blank<V1PersistentVolumeClaim>('StorageClass', ({ spec }) => spec?.storageClassName),
    blank<V1PersistentVolumeClaim>(
      'VolumeAttributesClass',
      ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>',
    ),
    age,
    wide<V1PersistentVolumeClaim>('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>'),
  ],
  PersistentVolume: [
    name,
    blank<V1PersistentVolume>('Capacity', ({ spec }) => spec?.capacity?.['storage']),
    blank<V1PersistentVolume>('Access Modes', ({ spec }) => modes(spec?.accessModes)),
    blank<V1PersistentVolume>('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy),
    blank<V1PersistentVolume>('Status', phase),
    blank<V1PersistentVolume>('Claim', ({ spec }) =>
      spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : undefined,
    ),
    blank<V1PersistentVolume>('StorageClass', ({ spec }) => spec?.storageClassName),
    blank<V1PersistentVolume>(
      'VolumeAttributesClass',
      ({ spec }) => spec?.volumeAttributesClassName ?? '<unset>',
    ),
    blank<V1PersistentVolume>('Reason', ({ status }) => status?.reason),
    age,
    wide<V1PersistentVolume>('VolumeMode', ({ spec }) => spec?.volumeMode ?? '<unset>'),
  ],
  StorageClass: [
    column<V1StorageClass>('Name', ({ metadata }) => {
      const isDefault = metadata?.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
      return `${metadata?.name}${isDefault ? ' (default)' : ''}`;
    }),
    column<V1StorageClass>('Provisioner', ({ provisioner }) => provisioner),
    column<V1StorageClass>('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
    column<V1StorageClass>('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate'),
    column<V1StorageClass>(
      'AllowVolumeExpansion',
      ({ allowVolumeExpansion }) => allowVolumeExpansion === true,
    ),
    age,
  ],
  ResourceQuota: [
    name,
    blank<V1ResourceQuota>('Request', (quota) => used(quota, false)),
    blank<V1ResourceQuota>('Limit', (quota) => used(quota, true)),
    age,
  ],
};
