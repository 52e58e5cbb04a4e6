/** What opens an AWS account: keys that sign each request, or a Bedrock API key that goes along as it is. */
export type Credentials =
  | { kind: 'keys'; accessKeyId: string; secretAccessKey: string; sessionToken: string | undefined }
  | { kind: 'bearer'; token: string }

/** None of the three has a colon in it. */
const KEYS = /^([A-Z0-9]{16,128}):([^:\s]+)(?::([^:\s]+))?$/

/**
 * Reads a provider key: `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, with `:SESSION_TOKEN` where it is a temporary one, or a Bedrock
 * API key. Throws where it is neither; the message is for the operator and repeats nothing of the key.
 */
export function credentialsOf(secret: string | undefined): Credentials {
  const text = secret?.trim() ?? ''
  const [, accessKeyId, secretAccessKey, sessionToken] = KEYS.exec(text) ?? []
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { kind: 'keys', accessKeyId, secretAccessKey, sessionToken }
  if (text === '' || /[:\s]/.test(text)) {
    throw new Error(
      'A key for Amazon Bedrock is ACCESS_KEY_ID:SECRET_ACCESS_KEY, ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN, or a Bedrock API key.',
    )
  }
  return { kind: 'bearer', token: text }
}
