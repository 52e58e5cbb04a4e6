import type { Random } from '@faregate/core'
import {
  constantTimeEqual,
  createAssertions,
  createSealer,
  deriveSecrets,
  generateKey,
  generateManagementToken,
  generateVoucherCode,
  hashKey,
  issueAccessToken,
  loadRootSecret,
  readAccessToken,
  signingSecretOf,
  type AccessToken,
  type Assertions,
  writeOperatorToken,
  type Sealer,
} from '@faregate/identity'

const MAKERS = { key: generateKey, management: generateManagementToken, voucher: generateVoucherCode }

/** What the root secret of an installation is good for. */
export interface Secrets extends Pick<Sealer, 'seal' | 'unseal'> {
  /** Names the root without telling it. */
  fingerprint: string
  /** Where the operator's token lies. */
  tokenFile: string
  isOperatorToken: (presented: string) => boolean
  /** How keys, management tokens and the codes of vouchers are stored. */
  hash: (presented: string) => string
  assertions: Assertions
  /** Access tokens: given, and read again. */
  issueToken: (token: AccessToken) => string
  readToken: (text: string) => AccessToken | undefined
  /** With which a key signs requests, by its id. */
  signingSecret: (key: string) => string
  mint: (kind: keyof typeof MAKERS) => string
}

/** Loads the root secret, or makes it at the first start, and writes the operator's token beside the data. */
export function openSecrets(directory: string, environment: NodeJS.ProcessEnv, random: Random): Secrets {
  const { hmac, seal, accessTokens, assertions, signing, operatorToken, fingerprint } = deriveSecrets(
    loadRootSecret(directory, environment['FAREGATE_SECRET']),
  )
  const sealer = createSealer(seal)
  return {
    ...sealer,
    fingerprint,
    tokenFile: writeOperatorToken(directory, operatorToken),
    isOperatorToken: (presented) => constantTimeEqual(presented, operatorToken),
    hash: (presented) => hashKey(hmac, presented),
    assertions: createAssertions(assertions),
    issueToken: (token) => issueAccessToken(accessTokens, token),
    readToken: (text) => readAccessToken(accessTokens, text),
    signingSecret: (key) => signingSecretOf(signing, key),
    mint: (kind) => MAKERS[kind](random),
  }
}
