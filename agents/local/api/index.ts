export * from './pod-log-source.ts';
export { type ApiServer, type ApiServerOptions, kubeconfigServer, startApiServer } from './start-api-server.ts';
export { FileInUseError, openDatabase } from './store/database.ts';
export type { CustomResourceDefinition } from './types/crd.ts';
export type { PodPorts } from './verbs/context.ts';
