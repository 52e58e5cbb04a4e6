/**
 * So many characters of a user's name OpenAI takes in `user`; other vendors of its dialect take more (OpenRouter and Zhipu 128).
 * Claude Code names its user in more than either.
 */
export const LONGEST_USER = 64
