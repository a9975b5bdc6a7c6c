import { parseBody } from '../http/body.ts';
import { isObject, type JsonObject, timestamp } from '../object.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';

/** Answers the reviews that are computed, not stored: who holds the token may do everything. */
export function answerReview(
  context: ApiContext,
  type: ResourceType,
  text: string,
  contentType: string | undefined,
): Answer {
  const { value } = parseBody(text, contentType, type.kind);
  const body: JsonObject = {
    kind: type.kind,
    apiVersion: groupVersion(type),
    metadata: { creationTimestamp: type.kind === 'SelfSubjectReview' ? timestamp(context.clock.now()) : null },
  };
  if (type.kind === 'SelfSubjectReview') {
    const groups = ['system:masters', 'system:authenticated'];
    return {
      code: 201,
      body: { ...body, status: { userInfo: { username: context.user, uid: context.user, groups } } },
    };
  }
  const spec = isObject(value) ? value['spec'] : {};
  return { code: 201, body: { ...body, spec, status: { allowed: true } } };
}

/** Whether a type is answered and never stored. */
export const isReview = ({ kind }: ResourceType): boolean =>
  kind === 'SelfSubjectAccessReview' || kind === 'SelfSubjectReview';
