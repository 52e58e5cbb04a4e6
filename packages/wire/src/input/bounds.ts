import type { ModelRequest } from '../dialect.ts'
import { knowsImagesOf, mediaBound, type Media } from './media.ts'

/** The most input tokens of a request: `text` tokens, whatever the model, and what its media can cost. */
export function inputBounds(text: number, media: Media[], model: string): Pick<ModelRequest, 'inputBound' | 'inputBoundFor'> {
  return {
    inputBound: media.length === 0 ? text : text + mediaBound(media, knowsImagesOf(model) ? model : undefined),
    inputBoundFor: (upstream) => text + mediaBound(media, upstream),
  }
}
