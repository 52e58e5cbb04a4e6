import type { CallFeature } from '@faregate/core'
import type { Route } from '../locate.ts'

/** What models that do not converse are called. Those that do are called anything else. */
const MARKS: Record<Exclude<CallFeature, 'chat'>, RegExp> = {
  embeddings: /embed/i,
  rerank: /rerank/i,
  moderations: /moderation/i,
  images: /dall-e|image|imagen|flux|stable-diffusion|sdxl/i,
  audio: /whisper|transcribe|tts|speech|audio/i,
}

/** Whether a model is one for such calls, as far as its name and those of its deployments tell. */
export function fitsFeature({ model, candidates }: Route, feature: CallFeature): boolean {
  const names = [model.name, ...candidates.map(({ deployment }) => deployment.model)]
  if (feature !== 'chat') return names.some((name) => MARKS[feature].test(name))
  return !names.some((name) => Object.values(MARKS).some((mark) => mark.test(name)))
}
