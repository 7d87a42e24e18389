using System.Net;
using Microsoft.AspNetCore.Http;

namespace TinyStore.Relay.Connections;

/// <summary>Whether a request comes from this machine.</summary>
internal static class LocalCaller
{
    /// <summary>
    /// Headers that say that somebody forwarded the request, so that the address is the proxy's. A request can lack them and
    /// still be forwarded: that is why a host behind a proxy has to say who may do what.
    /// </summary>
    private static readonly string[] ForwardingHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Original-For", "X-Real-IP", "Via"];

    public static bool IsLocal(HttpContext? http)
    {
        if (http is null)
        {
            return true; // a transport inside the process
        }

        if (http.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))
        {
            return false;
        }

        foreach (var header in ForwardingHeaders)
        {
            if (http.Request.Headers.ContainsKey(header))
            {
                return false;
            }
        }

        // A browser lets any page open a WebSocket to this machine; its Origin tells where the page came from.
        var origin = http.Request.Headers.Origin;
        return origin.Count == 0 || (origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var uri) && uri.IsLoopback);
    }
}
