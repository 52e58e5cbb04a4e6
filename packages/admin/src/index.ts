export type * from './deps.ts'
export type * from './ports.ts'
export { declaredPermission, registerAdmin } from './register.ts'
export type * from './rows.ts'
