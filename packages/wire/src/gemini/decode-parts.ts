import type { DocumentPart, ImagePart, Part, Source, ToolResultPart } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { Decoding, Found } from './decoding.ts'
import { kindOf, sourceOfUri } from './media.ts'
import { resultText } from './tool-results.ts'
import { member } from './spelling.ts'

/** Says more of a media part than the neutral form can. */
const MEDIA_EXTRAS = ['videoMetadata', 'mediaProcessing']

const DETAILS = new Map<unknown, ImagePart['detail']>([
  ['MEDIA_RESOLUTION_LOW', 'low'],
  ['MEDIA_RESOLUTION_HIGH', 'high'],
  ['MEDIA_RESOLUTION_ULTRA_HIGH', 'original'],
])

/** Parts with what one part of a content says, in order; a signed text becomes two, the text and its signature. */
export function decodePart(part: Found<JsonObject>, decoding: Decoding): Part[] {
  const { value, at } = part
  for (const [name, decode] of Object.entries(DECODERS)) if (member(value, name) !== undefined) return decode(part, decoding)
  if (Object.keys(value).length === 0) decoding.fail(at, 'the part is empty: give it `text`, `inlineData` or another content')
  if (member(value, 'thoughtSignature') !== undefined) return signatureOf(part, decoding)
  return [vendorPart(part)]
}

type PartDecoder = (part: Found<JsonObject>, decoding: Decoding) => Part[]

const DECODERS: Record<string, PartDecoder> = {
  text: decodeText,
  inlineData: (part, decoding) => decodeMedia(part, inlineMedia(part, decoding), decoding),
  fileData: (part, decoding) => decodeMedia(part, fileMedia(part, decoding), decoding),
  functionCall: decodeCall,
  functionResponse: decodeResult,
}

/** Empty text says nothing: chat histories are full of it, for the last chunk of a stream has no more. */
function decodeText(part: Found<JsonObject>, decoding: Decoding): Part[] {
  const text = decoding.text(part, 'text') ?? ''
  const { at } = part
  const signed = signatureOf(part, decoding)
  const [signature] = signed
  if (text === '') return signed
  if (member(part.value, 'thought') !== true) return [{ type: 'text', text, at }, ...signed]
  return [signature === undefined ? { type: 'reasoning', text, at } : { ...signature, text }]
}

/** A signature of a text: of the thought before it, to be given back to this vendor only. */
function signatureOf(part: Found<JsonObject>, decoding: Decoding): Extract<Part, { type: 'reasoning' }>[] {
  const signature = decoding.text(part, 'thoughtSignature')
  return signature === undefined ? [] : [{ type: 'reasoning', text: '', signature, origin: 'gemini', at: part.at }]
}

/** What a part holds besides the place where it stands. */
interface Media {
  source: Source
  mediaType: string | undefined
  uri: string
  name: string | undefined
}

function inlineMedia(part: Found<JsonObject>, decoding: Decoding): Media | undefined {
  const blob = decoding.object(part, 'inlineData')
  if (blob === undefined) return undefined
  const mediaType = decoding.text(blob, 'mimeType')
  const data = decoding.text(blob, 'data')
  if (mediaType === undefined)
    decoding.fail(`${blob.at}/mimeType`, '`mimeType` is missing: it is the type of the data, such as "image/png"')
  if (data === undefined) decoding.fail(`${blob.at}/data`, '`data` is missing: it is the data as base64')
  const source: Source = { kind: 'base64', mediaType: mediaType ?? '', data: data ?? '' }
  return { source, mediaType, uri: '', name: decoding.text(blob, 'displayName') }
}

function fileMedia(part: Found<JsonObject>, decoding: Decoding): Media | undefined {
  const file = decoding.object(part, 'fileData')
  if (file === undefined) return undefined
  const mediaType = decoding.text(file, 'mimeType')
  const uri = decoding.text(file, 'fileUri') ?? ''
  if (uri === '') decoding.fail(`${file.at}/fileUri`, '`fileUri` is missing: it is the address of the file')
  return { source: sourceOfUri(uri, mediaType), mediaType, uri, name: decoding.text(file, 'displayName') }
}

function decodeMedia(part: Found<JsonObject>, media: Media | undefined, decoding: Decoding): Part[] {
  if (media === undefined) return []
  const { at, value } = part
  const { source } = media
  const signed = signatureOf(part, decoding)
  if (value['thought'] === true) return signed
  if (MEDIA_EXTRAS.some((name) => member(value, name) !== undefined)) return [vendorPart(part)]
  switch (kindOf(media.mediaType, media.uri)) {
    case 'image':
      return [{ type: 'image', source, ...detailOf(value), at }, ...signed]
    case 'audio':
      return [{ type: 'audio', source, at }, ...signed]
    case 'video':
      return [{ type: 'video', source, at }, ...signed]
    case 'document':
      return [{ type: 'document', source, ...(media.name === undefined ? {} : { filename: media.name }), at }, ...signed]
  }
}

function detailOf(part: JsonObject): Pick<ImagePart, 'detail'> {
  const resolution = member(part, 'mediaResolution')
  const detail = isObject(resolution) ? DETAILS.get(resolution['level']) : undefined
  return detail === undefined ? {} : { detail }
}

function decodeCall(part: Found<JsonObject>, decoding: Decoding): Part[] {
  const call = decoding.object(part, 'functionCall')
  if (call === undefined) return []
  const name = decoding.text(call, 'name') ?? ''
  if (name === '') decoding.fail(`${call.at}/name`, '`name` is missing: it is the name of the function')
  const args = decoding.object(call, 'args')?.value ?? {}
  const { id, signature: carried } = decoding.calls.call(decoding.text(call, 'id'), name)
  const signature = decoding.text(part, 'thoughtSignature') ?? carried
  return [{ type: 'tool_call', id, name, arguments: JSON.stringify(args), ...(signature === undefined ? {} : { signature }), at: part.at }]
}

function decodeResult(part: Found<JsonObject>, decoding: Decoding): Part[] {
  const answer = decoding.object(part, 'functionResponse')
  if (answer === undefined) return []
  const name = decoding.text(answer, 'name') ?? ''
  if (name === '') decoding.fail(`${answer.at}/name`, '`name` is missing: it is the name of the function')
  const response = decoding.object(answer, 'response')
  const { text, isError } = resultText(response?.value ?? {})
  const media = decoding.objects(answer, 'parts').flatMap((item) => decodePart(item, decoding).filter(isResultMedia))
  const result: ToolResultPart = {
    type: 'tool_result',
    callId: decoding.calls.result(decoding.text(answer, 'id'), name),
    name,
    content: [...(text === '' && media.length > 0 ? [] : [{ type: 'text' as const, text, at: response?.at ?? answer.at }]), ...media],
    ...(isError ? { isError } : {}),
    at: part.at,
  }
  return [result]
}

function isResultMedia(part: Part): part is ImagePart | DocumentPart {
  return part.type === 'image' || part.type === 'document'
}

function vendorPart({ value, at }: Found<JsonObject>): Part {
  return { type: 'vendor', dialect: 'gemini', value, at }
}
