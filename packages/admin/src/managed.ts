import type { ManagedBy } from '@faregate/core'
import { refuse } from './refusal.ts'

/** Refuses to change what the configuration file or the environment defines, and says where that is. */
export function refuseManaged(kind: string, name: string, managedBy: ManagedBy | undefined): void {
  if (managedBy?.source === 'file') {
    const { file, line } = managedBy
    refuse({
      code: 'managed_by_file',
      detail: `The ${kind} "${name}" is defined in ${file}, line ${line}: change it there and restart.`,
      file,
      line,
    })
  }
  if (managedBy?.source === 'environment') {
    const { variable } = managedBy
    refuse({ code: 'managed_by_environment', detail: `The ${kind} "${name}" comes from the environment variable ${variable}.`, variable })
  }
}

/** Refuses a name that is taken. */
export function refuseTaken(kind: string, name: string): never {
  return refuse({ code: 'conflict', detail: `There is a ${kind} "${name}" already.` })
}
