/** OpenAI's models that are served by its Responses API alone: the pro ones, research, those of Codex, the use of computers. */
export const RESPONSES_ONLY = /^(?:(?:o\d|gpt-5[\w.]*)(?:-mini)?-(?:pro|deep-research|codex)|codex-|computer-use-)/
