using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TinyStore.Relay.Connections;
using TinyStore.Relay.Rooms;

namespace TinyStore.Relay;

/// <summary>Puts a relay into an ASP.NET Core host.</summary>
public static class RelayExtensions
{
    /// <summary>
    /// Adds a relay: SignalR, the log (<see cref="SqliteUpdateLog"/>, unless an <see cref="IUpdateLog"/> was registered before),
    /// and a health check named <c>tinystore-relay</c>. Unless <see cref="RelayOptions.Authorize"/> or
    /// <see cref="RelayOptions.AllowAnonymousNetwork"/> is set, the relay serves its own machine only.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>SignalR's builder; add the MessagePack protocol to it.</returns>
    public static ISignalRServerBuilder AddTinyStoreRelay(this IServiceCollection services, Action<RelayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<RelayOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RelayOptions>, RelayOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IUpdateLog>(static provider =>
            new SqliteUpdateLog(provider.GetRequiredService<IOptions<RelayOptions>>().Value.EffectiveConnectionString));
        services.TryAddSingleton<RelayMetrics>();
        services.TryAddSingleton<RoomRegistry>();
        services.TryAddSingleton<LogWriter>();
        services.TryAddSingleton<RelayServices>();
        services.TryAddSingleton<RelayService>();
        services.AddHostedService(static provider => provider.GetRequiredService<RelayService>());
        services.AddHealthChecks().Add(new(RelayHealthCheck.Name, static provider =>
            new RelayHealthCheck(provider.GetRequiredService<LogWriter>(), provider.GetRequiredService<RoomRegistry>()), null, null));
        var signalR = services.AddSignalR().AddHubOptions<RelayHub>(static _ => { }); // without it SignalR takes no options of this hub
        services.AddOptions<HubOptions<RelayHub>>().Configure<IOptions<RelayOptions>>(static (hub, relay) =>
        {
            // JSON carries bytes as base64 (4 for 3), and the call around them takes some too.
            hub.MaximumReceiveMessageSize = (relay.Value.MaxFrameBytes / 3 * 4) + 4096L;
            hub.MaximumParallelInvocationsPerClient = 1; // the order of messages
        });
        return signalR;
    }

    /// <summary>Maps the relay's hub.</summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">The path that clients connect to.</param>
    /// <returns>For conventions such as <c>RequireAuthorization()</c> and <c>RequireCors(…)</c>.</returns>
    public static HubEndpointConventionBuilder MapTinyStoreRelay(this IEndpointRouteBuilder endpoints, string pattern = "/tinystore")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var relay = endpoints.ServiceProvider.GetService<RelayService>()
            ?? throw new InvalidOperationException("Call services.AddTinyStoreRelay() before MapTinyStoreRelay().");
        var hub = endpoints.MapHub<RelayHub>(pattern);
        hub.Add(endpoint =>
        {
            // A stopping server waits for connections that come after SignalR has closed its own.
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http => relay.IsDraining ? RefuseAsync(http) : next(http);
        });
        return hub;
    }

    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "2";
        return Task.CompletedTask;
    }
}
