export { type ThreadReplicasOptions, threadReplicas } from './thread-replicas.ts';
