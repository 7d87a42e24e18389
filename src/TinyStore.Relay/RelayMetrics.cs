using System.Diagnostics.Metrics;

namespace TinyStore.Relay;

/// <summary>The instruments of the meter <c>TinyStore.Relay</c>.</summary>
internal sealed class RelayMetrics
{
    public const string MeterName = "TinyStore.Relay";

    public RelayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        Connections = meter.CreateUpDownCounter<long>("tinystore.relay.connections", "{connection}", "Open connections.");
        Channels = meter.CreateUpDownCounter<long>("tinystore.relay.channels", "{channel}", "Joined rooms, of all connections.");
        Rooms = meter.CreateUpDownCounter<long>("tinystore.relay.rooms", "{room}", "Rooms in memory.");
        Appends = meter.CreateCounter<long>("tinystore.relay.appends", "{row}", "Rows written.");
        AppendedBytes = meter.CreateCounter<long>("tinystore.relay.appended", "By", "Bytes of updates written.");
        Duplicates = meter.CreateCounter<long>("tinystore.relay.duplicates", "{update}", "Updates that were in the log before.");
        Refusals = meter.CreateCounter<long>("tinystore.relay.refusals", "{refusal}", "Nacks and errors sent, by code.");
        Resyncs = meter.CreateCounter<long>("tinystore.relay.resyncs", "{channel}", "Channels closed because their small frames ran over.");
        CommitTime = meter.CreateHistogram<double>("tinystore.relay.commit.duration", "s", "From receiving an update to its commit.");
    }

    public UpDownCounter<long> Connections { get; }

    public UpDownCounter<long> Channels { get; }

    public UpDownCounter<long> Rooms { get; }

    public Counter<long> Appends { get; }

    public Counter<long> AppendedBytes { get; }

    public Counter<long> Duplicates { get; }

    public Counter<long> Refusals { get; }

    public Counter<long> Resyncs { get; }

    public Histogram<double> CommitTime { get; }

    public void Refused(SyncErrorCode code) => Refusals.Add(1, new KeyValuePair<string, object?>("code", (int)code));
}
