using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TinyStore.Relay.Tests.Support;
using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;

namespace TinyStore.Relay.Tests;

public sealed class RelayMetricsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Meter_CountsWhatHappens()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        var totals = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "TinyStore.Relay" && instrument.Meter.Scope == meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => totals.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => totals.AddOrUpdate(instrument.Name, 1, (_, sum) => sum + 1));
        listener.Start();
        var update = TestUpdates.Item(1, 0);
        await using (var client = await RawClient.ConnectAsync(host))
        {
            await client.JoinAndCatchUpAsync(1, "zoo", 1);
            await client.UpdateAsync(1, 1, update);
            await client.NextAsync(FrameType.Ack);
            await client.UpdateAsync(1, 1, update);
            await client.NextAsync(FrameType.Ack);
            await client.UpdateAsync(1, 2, [9]);
            await client.NextAsync(FrameType.Nack);
            await Wait.UntilAsync(() => totals.GetValueOrDefault("tinystore.relay.commit.duration") == 2, "both commits");
            Assert.Equal((1, 1, 1), (totals["tinystore.relay.connections"], totals["tinystore.relay.channels"], totals["tinystore.relay.rooms"]));
        }

        Assert.Equal(1, totals["tinystore.relay.appends"]);
        Assert.Equal(update.Length, totals["tinystore.relay.appended"]);
        Assert.Equal(1, totals["tinystore.relay.duplicates"]);
        Assert.Equal(1, totals["tinystore.relay.refusals"]);
        await Wait.UntilAsync(() => totals["tinystore.relay.connections"] == 0 && totals["tinystore.relay.channels"] == 0, "the connection to go");
    }
}
