export * from './machine.ts'
export * from './port.ts'
export * from './types.ts'
export type * from './working-set.ts'
