export { appendAudit, auditHash, type AuditEvent } from './audit.ts'
export { bumpConfiguration, configurationVersion } from './configuration.ts'
export type * from './schema.ts'
export * from './store.ts'
