using Microsoft.Extensions.Diagnostics.HealthChecks;
using TinyStore.Relay.Rooms;

namespace TinyStore.Relay;

/// <summary>Unhealthy while the log cannot be written, degraded while a damaged room is asked for.</summary>
internal sealed class RelayHealthCheck : IHealthCheck
{
    public const string Name = "tinystore-relay";

    private readonly LogWriter _writer;
    private readonly RoomRegistry _rooms;

    public RelayHealthCheck(LogWriter writer, RoomRegistry rooms)
    {
        _writer = writer;
        _rooms = rooms;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_writer.Failure is { } failure)
        {
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, "The last commit to the log failed.", failure));
        }

        var damaged = _rooms.Damaged;
        return Task.FromResult(damaged.Count > 0
            ? HealthCheckResult.Degraded($"Damaged rooms: {string.Join(", ", damaged)}.")
            : HealthCheckResult.Healthy());
    }
}
