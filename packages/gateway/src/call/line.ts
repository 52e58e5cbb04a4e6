import {
  countUpstream,
  DIALECTS,
  embeddingUpstream,
  upstreamDialect,
  type CallerDialect,
  type CallerSide,
  type ConversationDialect,
  type CountDialect,
  type Dialect,
  type DialectName,
  type EmbeddingCaller,
  type EmbeddingUpstream,
  type EndpointDialect,
  type UpstreamDialect,
  type UpstreamSide,
} from '@faregate/wire'
import type { Candidate } from '../locate.ts'

/** In which words a caller and a deployment talk to each other. */
export interface Line {
  /** What the caller speaks. */
  caller: CallerSide
  /** What the deployment speaks. */
  upstream: UpstreamSide
  /** Where they are not the same: everything goes through a neutral form. */
  translation: Translation | undefined
}

/** Both sides as those who speak through a neutral form. */
export type Translation =
  | { kind: 'conversation'; caller: CallerDialect; upstream: UpstreamDialect }
  | { kind: 'embedding'; caller: EmbeddingCaller; upstream: EmbeddingUpstream }
  | { kind: 'count'; caller: CountDialect; upstream: CountDialect }

/**
 * The line between a caller and a deployment: its own words where the deployment knows them, else a translation. Undefined:
 * the deployment serves no such calls.
 */
export function lineOf(caller: EndpointDialect, candidate: Candidate): Line | undefined {
  const dialects = dialectsOf(candidate)
  if (dialects.includes(caller.name) && !isOlder(caller)) return { caller, upstream: caller, translation: undefined }
  const translation = translationOf(caller, dialects)
  return translation === undefined ? undefined : { caller, upstream: translation.upstream, translation }
}

/** What a deployment speaks; the first of a kind takes what callers of other dialects send. */
export function dialectsOf({ vendor, deployment }: Candidate): readonly DialectName[] {
  return vendor.dialectsOf?.(deployment.model) ?? vendor.dialects
}

function translationOf(caller: EndpointDialect, dialects: readonly DialectName[]): Translation | undefined {
  if (holdsConversations(caller)) {
    const preferred = dialects.find(isConversation)
    return preferred === undefined ? undefined : { kind: 'conversation', caller, upstream: upstreamDialect(preferred) }
  }
  if (asksForVectors(caller)) {
    const upstream = embeddingUpstream(dialects)
    return upstream === undefined ? undefined : { kind: 'embedding', caller, upstream }
  }
  const upstream = counts(caller) ? countUpstream(dialects) : undefined
  return upstream === undefined || !counts(caller) ? undefined : { kind: 'count', caller, upstream }
}

function counts(caller: EndpointDialect): caller is CountDialect {
  return 'encodeCount' in caller
}

function isConversation(name: DialectName): name is ConversationDialect {
  return DIALECTS.some((dialect) => dialect === name)
}

function holdsConversations(caller: EndpointDialect): caller is Dialect {
  return 'encodeAnswer' in caller
}

function asksForVectors(caller: EndpointDialect): caller is EmbeddingCaller {
  return 'encodeVectors' in caller
}

function isOlder(caller: EndpointDialect): boolean {
  return asksForVectors(caller) && caller.older === true
}
