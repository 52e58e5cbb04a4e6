import { isObject, type JsonObject } from '../json/object.ts'
import type { Media } from './media.ts'

/** What a request puts in: how much text, which media, and what that can make the provider bill. */
export interface InputSummary {
  /** UTF-8 bytes of all text: no tokenizer makes more tokens than that. */
  textBytes: number
  media: Media[]
  audioIn: boolean
  imageIn: boolean
  cacheWrite: boolean
}

/** Members that carry no text, by name: read as media, or counted as text where they have another shape. */
export type MediaMembers = ReadonlyMap<string, (value: unknown, holder: JsonObject) => Media | undefined>

/** Walks through the parsed part of a body that goes to the model. */
export function summarize(value: unknown, mediaMembers: MediaMembers): InputSummary {
  const summary: InputSummary = { textBytes: 0, media: [], audioIn: false, imageIn: false, cacheWrite: false }
  addValue(value, mediaMembers, summary)
  return summary
}

function addValue(value: unknown, mediaMembers: MediaMembers, summary: InputSummary): void {
  if (typeof value === 'string') {
    summary.textBytes += Buffer.byteLength(value)
  } else if (Array.isArray(value)) {
    for (const item of value) addValue(item, mediaMembers, summary)
  } else if (isObject(value)) {
    addObject(value, mediaMembers, summary)
  }
}

function addObject(value: JsonObject, mediaMembers: MediaMembers, summary: InputSummary): void {
  for (const [name, member] of Object.entries(value)) {
    const media = mediaMembers.get(name)?.(member, value)
    if (media !== undefined) addMedia(media, summary)
    else if (name === 'cache_control' && member !== null) summary.cacheWrite = true
    else addValue(member, mediaMembers, summary)
  }
}

function addMedia(media: Media, summary: InputSummary): void {
  summary.media.push(media)
  if (media.kind === 'audio') summary.audioIn = true
  if (media.kind === 'image') summary.imageIn = true
}

/** How many bytes a base64 text decodes to, at most. */
export function decodedBytes(base64: string): number {
  return Math.ceil((base64.length * 3) / 4)
}

/** All text that a tokenizer would count, joined by line feeds. */
export function textOf(value: unknown, mediaMembers: MediaMembers): string {
  const parts: string[] = []
  collectText(value, mediaMembers, parts)
  return parts.join('\n')
}

function collectText(value: unknown, mediaMembers: MediaMembers, parts: string[]): void {
  if (typeof value === 'string') {
    parts.push(value)
  } else if (Array.isArray(value)) {
    for (const item of value) collectText(item, mediaMembers, parts)
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (mediaMembers.get(name)?.(member, value) === undefined) collectText(member, mediaMembers, parts)
    }
  }
}
