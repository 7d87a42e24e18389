using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace TinyStore.Relay;

/// <summary>What a user may do in a room.</summary>
public enum RelayAccess
{
    /// <summary>Nothing: joining is refused.</summary>
    None = SyncAccess.None,

    /// <summary>Receive updates and awareness, send awareness.</summary>
    Read = SyncAccess.Read,

    /// <summary>Everything.</summary>
    Write = SyncAccess.Write,
}

/// <summary>Who asks for which room.</summary>
/// <param name="User">The user of the connection, as the host's authentication made it; without identities when there is none.</param>
/// <param name="Room">The room.</param>
/// <param name="HttpContext">The request that opened the connection; null for transports without one.</param>
/// <param name="ConnectionId">The SignalR connection.</param>
public sealed record RelayAuthorizeContext(ClaimsPrincipal User, string Room, HttpContext? HttpContext, string ConnectionId);
