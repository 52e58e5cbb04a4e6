/** For how long a signature is taken, before and after the time that it says. */
export const DEFAULT_SIGNATURE_WINDOW_SECONDS = 300

/** Where a key of the gateway can be, beside the headers in which it always can. */
export interface KeyPlaces {
  header?: string | undefined
  /** The name of a parameter of the query. */
  query?: string | undefined
  /** Offered with a dot and the key behind it, as a protocol of a WebSocket: browsers can set no header there. */
  subprotocol?: string | undefined
}

/** Algorithms with which tokens may be signed: with a key pair, so that whoever can check one cannot make one. */
export const TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

/** The claim that names the caller, where a definition names none. */
export const DEFAULT_CLAIM = 'sub'

/** What is asked of a token. Exactly one of `jwksUrl` and `publicKeys` is there. */
export interface JwtTerms {
  /** The claim `iss`. */
  issuer: string
  /** What of the claim `aud` is taken. */
  audience: string[]
  /** Absent: all of {@link TOKEN_ALGORITHMS}. */
  algorithms?: (typeof TOKEN_ALGORITHMS)[number][] | undefined
  jwksUrl?: string | undefined
  /** PEM. */
  publicKeys?: string[] | undefined
  /** Which claim names the caller; absent: {@link DEFAULT_CLAIM}. */
  claim?: string | undefined
  /** As which key those are served whose name no key has; absent: they are refused. */
  as?: string | undefined
}

/** For how long an answer about a token is remembered, where a definition says nothing. */
export const DEFAULT_INTROSPECTION_SECONDS = 30

/** Who is asked about tokens that nobody else can read (RFC 7662), and what they must say. The secret to ask with is none of it. */
export interface IntrospectionTerms {
  url: string
  clientId: string
  /** Who gives the tokens, as keys name it that stand for callers; where an answer has `iss`, it must be the same. */
  issuer: string
  /** What of `aud` is taken; absent: whatever it is. */
  audience?: string[] | undefined
  /** All of which a token must have. */
  scopes?: string[] | undefined
  /** Which member of an answer names the caller; absent: {@link DEFAULT_CLAIM}. */
  claim?: string | undefined
  /** Absent: {@link DEFAULT_INTROSPECTION_SECONDS}. */
  cacheSeconds?: number | undefined
  /** As which key those are served whose name no key has; absent: they are refused. */
  as?: string | undefined
}

/** What of a certificate names the caller: its whole subject, its first alternative name of a kind, or the certificate itself. */
export const CERTIFICATE_NAMES = ['subject', 'dns', 'email', 'uri', 'thumbprint'] as const

export type CertificateName = (typeof CERTIFICATE_NAMES)[number]

/** What is asked of a certificate with which a caller makes its connection. */
export interface CertificateTerms {
  /** PEM of the authorities that have signed it themselves. */
  ca: string[]
  /** Who vouches for callers so, as keys name it that stand for them. */
  issuer: string
  /** Absent: `subject`. */
  name?: CertificateName | undefined
  /** As which key those are served whose name no key has; absent: they are refused. */
  as?: string | undefined
}

/** In which ways callers of an API prove who they are. A way that is not named is not taken. */
export interface ApiAuthentication {
  /** A key of the gateway. */
  key?: KeyPlaces | undefined
  /** Name and password (RFC 7617): the id of a key or of its application, and the key. */
  basic?: { realm?: string | undefined } | undefined
  /** Requests that are signed (RFC 9421). */
  signature?: { windowSeconds?: number | undefined } | undefined
  /** Access tokens that the gateway gave for a key (RFC 6749, 4.4). */
  oauth?: { maxAgeSeconds?: number | undefined } | undefined
  /** Tokens that somebody else signs (RFC 7519, RFC 6750). */
  jwt?: JwtTerms | undefined
  /** Tokens that somebody else gave, and is asked about. Those in three parts are left to `jwt`, where both are there. */
  introspection?: IntrospectionTerms | undefined
  /** Certificates with which connections are made. */
  mutualTls?: CertificateTerms | undefined
  /** Whoever sends no credential is served as this key: its limits hold, and its organization pays. */
  public?: { as: string } | undefined
}

/** The same with its secrets opened. */
export interface OpenAuthentication extends ApiAuthentication {
  introspection?: (IntrospectionTerms & { secret: string }) | undefined
}

/** What the upstream can be told of a caller in headers. */
export const IDENTITY_HEADERS = ['consumer', 'application', 'keyId', 'subject'] as const

export type IdentityHeader = (typeof IDENTITY_HEADERS)[number]

/** What the upstream is told of who calls; absent: nothing. */
export interface ApiIdentity {
  /** Names of headers, by what they carry. */
  headers?: { [What in IdentityHeader]?: string | undefined } | undefined
  /** A token (RFC 7519) that the gateway signs, which says the same. */
  assertion?: AssertionTerms | undefined
}

export interface AssertionTerms {
  /** Absent: {@link ASSERTION_HEADER}. */
  header?: string | undefined
  /** Absent: the name of the API. */
  audience?: string | undefined
  /** Absent: {@link DEFAULT_ASSERTION_SECONDS}. */
  lifeSeconds?: number | undefined
}

export const ASSERTION_HEADER = 'faregate-assertion'

export const DEFAULT_ASSERTION_SECONDS = 60

/** Headers of a call in which credentials are, beside those that never go on to an upstream; small letters. */
export function credentialHeaders({ key, signature }: ApiAuthentication = {}): string[] {
  return [...(key?.header === undefined ? [] : [key.header.toLowerCase()]), ...(signature === undefined ? [] : SIGNATURE_HEADERS)]
}

const SIGNATURE_HEADERS = ['signature', 'signature-input']

/** Headers in which the gateway says who calls, small letters. */
export function identityHeaders({ headers = {}, assertion }: ApiIdentity = {}): string[] {
  return [...Object.values(headers), assertion?.header].filter((name) => name !== undefined).map((name) => name.toLowerCase())
}
