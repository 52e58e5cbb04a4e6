import type { DialectName } from '../canonical/conversation.ts'
import type { ModelRequest } from '../dialect.ts'
import { invalid, type JsonBody } from '../input/body.ts'
import { patch } from '../json/patch.ts'

/** What a request of an endpoint says by itself; everything else is what most of them have in common. */
type OwnMembers = Pick<ModelRequest, 'model' | 'inputBound' | 'inputText'> & Partial<ModelRequest>

/** Nothing but input is billed. */
export const NOTHING_MORE: ModelRequest['canCause'] = {
  cacheWrite: false,
  audioIn: false,
  audioOut: false,
  imageIn: false,
  hiddenOutput: false,
}

/** A request with a JSON body on an endpoint that holds no conversation. Unless `own` says more, nothing is generated. */
export function jsonRequest(dialect: DialectName, body: Buffer, { value, scan }: JsonBody, own: OwnMembers): ModelRequest {
  return {
    dialect,
    body,
    ...endpointMembers(own),
    user: firstText(value['user'], value['safety_identifier']),
    upstreamBody: ({ model }) => patch(body, scan, model === value['model'] ? [] : [{ replace: 'model', value: JSON.stringify(model) }]),
    ...own,
  }
}

/** What a request of an endpoint has whose body may be of any kind. */
export function endpointMembers({
  inputBound,
}: Pick<ModelRequest, 'inputBound'>): Omit<
  ModelRequest,
  'dialect' | 'body' | 'model' | 'inputBound' | 'inputText' | 'user' | 'upstreamBody'
> {
  return {
    stream: false,
    n: 0,
    outputLimit: 0,
    outputLimitMember: null,
    includeUsage: true,
    inputBoundFor: () => inputBound,
    canCause: NOTHING_MORE,
    decode: () => invalid('', 'this is no conversation: a model that holds conversations cannot serve it'),
  }
}

function firstText(...values: unknown[]): string | null {
  return (values.find((value) => typeof value === 'string' && value !== '') as string | undefined) ?? null
}
