import type { ModelRequest } from '../dialect.ts'
import type { OkScan } from '../json/scan.ts'
import { knowsImagesOf, mediaBound, type Media } from './media.ts'

/** The most input tokens of a request: `text` tokens, whatever the model, and what its media can cost. */
export function inputBounds(text: number, media: Media[], model: string): Pick<ModelRequest, 'inputBound' | 'inputBoundFor'> {
  return {
    inputBound: media.length === 0 ? text : text + mediaBound(media, knowsImagesOf(model) ? model : undefined),
    inputBoundFor: (upstream) => text + mediaBound(media, upstream),
  }
}

/** What these members take up as they are sent: never fewer bytes than as text. */
export function rawBytes({ members }: OkScan, names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const member = members.get(name)
    return member === undefined ? sum : sum + member.valueEnd - member.valueStart
  }, 0)
}
