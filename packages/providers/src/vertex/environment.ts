import type { EnvironmentAccount } from '@faregate/wire'
import { serviceAccountOf } from './service-account.ts'

/**
 * The variable that Google's own libraries read ("How Application Default Credentials works"): it names a file. Only the key
 * file of a service account connects Vertex AI, and only one that names its project; what a person who is logged in has
 * there, or a workload with an identity of another cloud, does not.
 */
export const VERTEX_ACCOUNTS: readonly EnvironmentAccount[] = [
  {
    variables: ['GOOGLE_APPLICATION_CREDENTIALS'],
    account: (environment, read) => {
      const secret = read(environment['GOOGLE_APPLICATION_CREDENTIALS'] ?? '')
      return secret !== undefined && isServiceAccount(secret) ? { baseUrl: VERTEX_BASE_URL, secret } : undefined
    },
  },
]

export const VERTEX_BASE_URL = 'https://aiplatform.googleapis.com'

function isServiceAccount(text: string): boolean {
  try {
    return serviceAccountOf(text)?.projectId !== undefined
  } catch {
    return false
  }
}
