import type { Script } from './processes.ts'
import type { Section } from './report.ts'
import type { Workload } from './workloads.ts'
export async function profile(_w: Workload, _u: Script): Promise<Section> {
  return { title: 'Profile', about: '', table: [], notes: [], goals: [] }
}
