/** Objects beside workloads and what they need: batch, autoscaling, networking, RBAC, storage and quotas. */
import type { Condition, KubeObject, LabelSelector, PodTemplate, Resource } from './objects.ts';

export interface Job extends KubeObject {
  spec: {
    backoffLimit?: number;
    completions?: number;
    parallelism?: number;
    activeDeadlineSeconds?: number;
    selector?: LabelSelector;
    template: PodTemplate;
  };
  status?: {
    active?: number;
    succeeded?: number;
    failed?: number;
    startTime?: string;
    completionTime?: string;
    conditions?: Condition[];
  };
}

export interface HorizontalPodAutoscaler extends KubeObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
    targetCPUUtilizationPercentage?: number;
  };
  status?: {
    currentReplicas: number;
    desiredReplicas: number;
    currentCPUUtilizationPercentage?: number;
    observedGeneration?: number;
    lastScaleTime?: string;
  };
}

/** A HorizontalPodAutoscaler at the version that shows its conditions, as far as it is about shares of what pods request. */
export interface ResourceAutoscaler extends KubeObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string };
    minReplicas?: number;
    maxReplicas: number;
    metrics?: {
      type: string;
      resource?: { name: string; target: { type: string; averageUtilization?: number } };
    }[];
  };
  status?: {
    currentReplicas: number;
    desiredReplicas: number;
    currentMetrics?: ResourceUsage[] | null;
    lastScaleTime?: string;
    conditions?: Condition[];
  };
}

export interface ResourceUsage {
  type: 'Resource';
  resource: { name: string; current: { averageUtilization: number; averageValue: string } };
}

export interface PersistentVolumeClaim extends KubeObject {
  spec: {
    accessModes: string[];
    resources: { requests: Record<string, string> };
    storageClassName?: string;
    volumeName?: string;
  };
  status?: {
    phase: 'Pending' | 'Bound' | 'Lost';
    accessModes?: string[];
    capacity?: Record<string, string>;
  };
}

export interface PersistentVolume extends KubeObject {
  spec: {
    accessModes: string[];
    capacity: Record<string, string>;
    storageClassName?: string;
    persistentVolumeReclaimPolicy?: string;
    hostPath?: { path: string; type?: string };
    claimRef?: { apiVersion?: string; kind?: string; namespace: string; name: string; uid?: string };
  };
  status?: { phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed' };
}

export interface StorageClass extends KubeObject {
  provisioner: string;
  reclaimPolicy?: string;
  volumeBindingMode?: string;
}

export interface Ingress extends KubeObject {
  spec: {
    ingressClassName?: string;
    rules?: {
      host?: string;
      http: {
        paths: {
          path: string;
          pathType: string;
          backend: { service: { name: string; port: { number?: number; name?: string } } };
        }[];
      };
    }[];
  };
}

export interface IngressClass extends KubeObject {
  spec: { controller: string };
}

export interface Role extends KubeObject {
  rules: { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }[];
}

export interface RoleBinding extends KubeObject {
  roleRef: { apiGroup: string; kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string; apiGroup?: string }[];
}

export interface ResourceQuota extends KubeObject {
  spec: { hard: Record<string, string> };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

const namespaced = <T extends KubeObject>(apiVersion: string, kind: string, plural: string): Resource<T> => ({
  apiVersion,
  kind,
  plural,
  namespaced: true,
});

export const jobs = namespaced<Job>('batch/v1', 'Job', 'jobs');
/** At the version that every Kubernetes of the last years serves. */
export const autoscalers = namespaced<HorizontalPodAutoscaler>(
  'autoscaling/v1',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const resourceAutoscalers = namespaced<ResourceAutoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
);
export const claims = namespaced<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const volumes: Resource<PersistentVolume> = {
  ...namespaced<PersistentVolume>('v1', 'PersistentVolume', 'persistentvolumes'),
  namespaced: false,
};
export const storageClasses: Resource<StorageClass> = {
  ...namespaced<StorageClass>('storage.k8s.io/v1', 'StorageClass', 'storageclasses'),
  namespaced: false,
};
export const ingresses = namespaced<Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const ingressClasses: Resource<IngressClass> = {
  ...namespaced<IngressClass>('networking.k8s.io/v1', 'IngressClass', 'ingressclasses'),
  namespaced: false,
};
export const roles = namespaced<Role>('rbac.authorization.k8s.io/v1', 'Role', 'roles');
export const roleBindings = namespaced<RoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'RoleBinding',
  'rolebindings',
);
export const clusterRoleBindings: Resource<RoleBinding> = {
  ...namespaced<RoleBinding>('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings'),
  namespaced: false,
};
export const serviceAccounts = namespaced<KubeObject>('v1', 'ServiceAccount', 'serviceaccounts');
export const quotas = namespaced<ResourceQuota>('v1', 'ResourceQuota', 'resourcequotas');
