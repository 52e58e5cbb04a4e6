import type { z } from 'zod'
import type { Permission } from './permissions.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One call of the management API, as data: the server registers it, OpenAPI describes it, the client sends it. */
export interface RouteSpec {
  method: Method
  /** With `{name}` for parameters. */
  path: string
  summary: string
  /** Groups the calls in the reference. */
  tag: string
  /** What the credential must hold. */
  permission: Permission
  /** Whether a role that is narrowed to a team may call it, for what belongs to that team. Absent: it concerns more. */
  withinTeam?: true
  params?: z.ZodObject
  query?: z.ZodObject
  /** Strict: a member that is unknown is refused. */
  body?: z.ZodObject
  /** Of a success. */
  status: 200 | 201 | 204
  response: z.ZodType
  /** The content type of a success that is no JSON; its `response` is a string. */
  media?: string
  /** Bytes that its body may have, where that is more than usual. */
  bodyLimit?: number
  /** Whether `Idempotency-Key` is honoured: every POST. */
  idempotent?: boolean
}

type ParamsOf<R extends RouteSpec> = R extends { params: infer P extends z.ZodType } ? { params: z.input<P> } : { params?: undefined }

type QueryOf<R extends RouteSpec> = R extends { query: infer Q extends z.ZodType } ? { query?: z.input<Q> } : { query?: undefined }

type BodyOf<R extends RouteSpec> = R extends { body: infer B extends z.ZodType } ? { body: z.input<B> } : { body?: undefined }

type KeyOf<R extends RouteSpec> = R extends { idempotent: true } ? { idempotencyKey?: string } : { idempotencyKey?: undefined }

/** What a call is given. */
export type RouteInput<R extends RouteSpec> = ParamsOf<R> & QueryOf<R> & BodyOf<R> & KeyOf<R>

/** What a call answers. */
export type RouteOutput<R extends RouteSpec> = z.output<R['response']>

/** What a handler is given: the members of a call after they were checked, defaults filled in. */
export interface ParsedInput<R extends RouteSpec> {
  params: R extends { params: infer P extends z.ZodType } ? z.output<P> : Record<never, never>
  query: R extends { query: infer Q extends z.ZodType } ? z.output<Q> : Record<never, never>
  body: R extends { body: infer B extends z.ZodType } ? z.output<B> : Record<never, never>
}
