import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DOOR_METADATA, type DoorDescription } from '#kernel/plugin/door.js';
import { isPlatformPermission } from '#kernel/plugin/platform-permission.js';
import { routeKindOf } from '#kernel/plugin/route-kind.js';
import { AccessDenials } from '#main/http/access-denials.js';
import { Access, refusalOf } from '#workspace/access/access.js';
import type { Resource } from '#workspace/access/resource.js';
import { AccessUndeclaredError } from '#workspace/access/access.errors.js';

/** Holds every route of a tenant to the permission of its Door; one that declares neither that nor that it is public is refused. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: Access,
    private readonly denials: AccessDenials,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (routeKindOf(request.routeOptions.config) !== 'tenant') return true;
    const door = this.reflector.get<DoorDescription | undefined>(DOOR_METADATA, context.getHandler());
    if (!door?.permission || isPlatformPermission(door.permission))
      throw new AccessUndeclaredError(`${request.method} ${request.routeOptions.url ?? ''}`);
    const resource = resourceOf(door, request);
    const decision = await this.access.decide(door.permission, resource);
    if (decision.allow) return true;
    await this.denials.record(decision, door.permission, resource);
    throw refusalOf(decision, door.permission);
  }
}

/** A list asks whether there may be anything to show and leaves out the rest itself; whatever else names no thing concerns none that is there. */
function resourceOf({ resource }: DoorDescription, { method, params }: FastifyRequest): Resource | undefined {
  if (resource === undefined) return undefined;
  const { id } = params as { id?: string };
  return { kind: resource, id: id ?? (method === 'GET' ? undefined : '') };
}
