export { createAdminStore } from './admin-store.ts'
export { readConfiguration, type StoredConfiguration } from './configuration.ts'
export { keyByHash } from './key-directory.ts'
