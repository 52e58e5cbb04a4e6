import { DEFAULT_CLAIM, Recent, TOKEN_ALGORITHMS, type Denial, type JwtTerms, type Millis } from '@faregate/core'
import { errors } from 'jose'
import { badToken, bearerIn, issuerUnavailable, tokenExpired } from './bearer.ts'
import type { Checked, Scheme } from './caller.ts'
import { nameIn } from './claims.ts'
import { vouchedCaller, type CallerDirectory, type Vouching } from './directory.ts'
import { knownKeys, publishedKeys, type IssuerKeys, type VerifyToken } from './token-keys.ts'

export interface JwtDeps {
  callers: CallerDirectory
  issuers: IssuerKeys
}

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** How far the issuer's clock may be off. */
const TOLERANCE_SECONDS = 10
/** A token that was checked is taken for so long without another look at its signature. */
const REMEMBERED_MS = 60_000
const MOST_REMEMBERED = 10_000

/** What a token says of who sent it. */
interface Vouched {
  subject: string
  /** Milliseconds. */
  until: Millis
}

/** Tokens that an issuer signs (RFC 7519), as bearer tokens (RFC 6750). */
export function jwtScheme(deps: JwtDeps, api: string, terms: JwtTerms): Scheme {
  const { issuer, as, jwksUrl, publicKeys = [] } = terms
  const verify = jwksUrl === undefined ? knownKeys(publicKeys) : publishedKeys(deps.issuers, jwksUrl)
  const remembered = new Recent<Vouched>(MOST_REMEMBERED)
  const vouching: Vouching = { api, issuer, as }
  const check = async (token: string, now: Millis): Promise<Checked> => {
    const known = remembered.get(token)
    const vouched = known !== undefined && now < known.until ? known : await vouchedIn(verify, api, terms, token, now)
    if ('code' in vouched) return vouched
    if (vouched !== known) remembered.set(token, vouched)
    return vouchedCaller(deps.callers, vouching, vouched.subject)
  }
  return {
    name: 'jwt',
    told: `a token of "${issuer}" as "Authorization: Bearer TOKEN"`,
    challenge: `Bearer realm="${api}"`,
    tokens: true,
    check(inbound, now) {
      const token = bearerIn(inbound)
      return token === undefined || !JWT.test(token) ? undefined : check(token, now)
    },
  }
}

async function vouchedIn(verify: VerifyToken, api: string, terms: JwtTerms, token: string, now: Millis): Promise<Vouched | Denial> {
  const { issuer, audience, algorithms = TOKEN_ALGORITHMS, claim = DEFAULT_CLAIM } = terms
  try {
    const payload = await verify(token, {
      issuer,
      audience,
      algorithms: [...algorithms],
      currentDate: new Date(now),
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ['exp'],
    })
    const subject = nameIn(payload, claim)
    if (subject === undefined) return badToken(api, `It has no claim "${claim}" that names the caller.`)
    return { subject, until: Math.min(now + REMEMBERED_MS, ((payload.exp ?? 0) + TOLERANCE_SECONDS) * 1_000) }
  } catch (error) {
    return refusalOf(api, error)
  }
}

/** One cause, in words that say nothing of the keys. */
function refusalOf(api: string, error: unknown): Denial {
  if (error instanceof errors.JWTExpired) return tokenExpired(api, error.payload.exp)
  if (error instanceof errors.JWTClaimValidationFailed) return badToken(api, claimHint(error))
  if (error instanceof errors.JOSEAlgNotAllowed) return badToken(api, 'It is signed by an algorithm that is not taken here.')
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
    return badToken(api, 'It is not signed by a key of the issuer.')
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported ||
    error instanceof TypeError
  )
    return badToken(api, 'It cannot be read as a signed token (RFC 7519).')
  return issuerUnavailable(api, String(error))
}

function claimHint({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `It has no claim "${claim}".`
  if (claim === 'iss') return 'Another issuer than the one that is taken here made it ("iss").'
  if (claim === 'aud') return 'It is meant for somebody else ("aud").'
  return claim === 'nbf' ? 'It is not good yet ("nbf").' : `Its claim "${claim}" is not what is taken here.`
}
