import type { HttpApi } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import type { Scheme } from './caller.ts'
import type { CallerDirectory } from './directory.ts'
import { basicScheme } from './basic-scheme.ts'
import { certificateScheme } from './certificate-scheme.ts'
import { introspectionScheme, type IntrospectionDeps } from './introspection-scheme.ts'
import { jwtScheme, type JwtDeps } from './jwt-scheme.ts'
import { keyScheme } from './key-scheme.ts'
import { oauthScheme, type OAuthDeps } from './oauth-scheme.ts'
import { publicScheme } from './public-scheme.ts'
import { signatureScheme, type SignatureDeps } from './signature-scheme.ts'

export interface CallerDeps extends Pick<GatewayDeps, 'keys'>, SignatureDeps, JwtDeps, IntrospectionDeps, OAuthDeps {
  callers: CallerDirectory
}

/** How callers of published APIs prove who they are: read once for each definition, not with each call. */
export class CallerBook {
  readonly #deps: CallerDeps

  constructor(deps: CallerDeps) {
    this.#deps = deps
  }

  /** The ways of an API, in the order in which they are looked for; undefined: keys alone, as everywhere. */
  compile({ name, authentication }: Pick<HttpApi, 'name' | 'authentication'>): readonly Scheme[] | undefined {
    if (authentication === undefined) return undefined
    const { key, basic, signature, oauth, jwt, introspection, mutualTls, public: open } = authentication
    const schemes: Scheme[] = []
    if (signature !== undefined) schemes.push(signatureScheme(this.#deps, name, signature))
    if (basic !== undefined) schemes.push(basicScheme(this.#deps, basic.realm ?? name))
    if (oauth !== undefined) schemes.push(oauthScheme(this.#deps, name, oauth))
    if (jwt !== undefined) schemes.push(jwtScheme(this.#deps, name, jwt))
    if (introspection !== undefined) schemes.push(introspectionScheme(this.#deps, name, introspection))
    if (key !== undefined) schemes.push(keyScheme(this.#deps, name, key))
    if (mutualTls !== undefined) schemes.push(certificateScheme(this.#deps, name, mutualTls))
    if (open !== undefined) schemes.push(publicScheme(this.#deps.callers, name, open.as))
    return schemes
  }
}
