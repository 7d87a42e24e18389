using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TinyStore.Relay.Connections;
using TinyStore.Relay.Tests.Support;
using TinyStore.SignalR;
using TinyStore.Sync;
using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;

namespace TinyStore.Relay.Tests;

/// <summary>Who may do what.</summary>
public sealed class RelayAccessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task None_IsRefusedForGoodAndTheProviderDoesNotComeBack()
    {
        var asked = 0;
        await using var host = await StartAsync((context, _) =>
        {
            Interlocked.Increment(ref asked);
            return ValueTask.FromResult(context.Room == "zoo" ? RelayAccess.None : RelayAccess.Write);
        });
        await using var peer = new Peer(host.Connect(), "zoo");
        await peer.Provider.StartAsync();
        var refused = await Assert.ThrowsAsync<SyncRefusedException>(peer.SyncedAsync);
        Assert.Equal(SyncErrorCode.Forbidden, refused.Failure.Code);
        Assert.Equal((ProviderState.Refused, SyncErrorCode.Forbidden), (peer.Provider.State, peer.Provider.Refusal?.Code));
        await Task.Delay(300);
        Assert.Equal(1, asked);
        Assert.True(Assert.Single(peer.Errors).IsPermanent);
        await using var other = await Peer.StartAsync(host, "farm");
    }

    [Fact]
    public async Task Refused_StartedAgain_TriesAgain()
    {
        var access = RelayAccess.None;
        await using var host = await StartAsync((_, _) => ValueTask.FromResult(access));
        await using var peer = new Peer(host.Connect(), "zoo");
        await peer.SetAsync("a", 1);
        await peer.Provider.StartAsync();
        await Assert.ThrowsAsync<SyncRefusedException>(peer.SyncedAsync);
        access = RelayAccess.Write;
        await peer.Provider.StartAsync();
        await peer.AcknowledgedAsync();
        Assert.Null(peer.Provider.Refusal);
        await using var fresh = await Peer.StartAsync(host, "zoo");
        Assert.True(await fresh.HasAsync("a"));
    }

    [Theory]
    [InlineData(HubProtocol.MessagePack)]
    [InlineData(HubProtocol.Json)]
    public async Task Read_ReceivesAndIsNackedForEachUpdate(HubProtocol protocol)
    {
        await using var host = await StartAsync((context, _) => ValueTask.FromResult(context.HttpContext!.Request.Query.ContainsKey("writer") ? RelayAccess.Write : RelayAccess.Read));
        await using var writer = await WriterAsync(host);
        await writer.SetAsync("a", 1);
        await writer.AcknowledgedAsync();

        await using var reader = await RawClient.ConnectAsync(host, protocol);
        await reader.JoinAsync(1, "zoo", 2, null, true, OutgoingFrame.Step1(new byte[] { 0 }));
        Assert.Equal(SyncAccess.Read, (await reader.NextAsync(FrameType.Joined)).ReadJoined().Access);
        Assert.Equal(UpdateKind.Update, (await reader.NextAsync(FrameType.Update)).ReadRelayUpdate().Kind); // and no state vector before it
        await reader.NextAsync(FrameType.Update);
        foreach (var kind in new[] { UpdateKind.Update, UpdateKind.Step2 })
        {
            await reader.UpdateAsync(1, 1, TestUpdates.Item(5, 0), kind);
            var nack = (await reader.NextAsync(FrameType.Nack)).ReadNack();
            Assert.Equal(SyncErrorCode.ReadOnly, nack.Error.Failure.Code);
            Assert.True(nack.Error.Failure.IsPermanent);
        }

        await writer.SetAsync("b", 1);
        await reader.NextAsync(FrameType.Update); // still in the room
    }

    [Fact]
    public async Task Read_ProviderIsSyncedAndSaysThatItsEditsStay()
    {
        await using var host = await StartAsync((context, _) => ValueTask.FromResult(context.HttpContext!.Request.Query.ContainsKey("writer") ? RelayAccess.Write : RelayAccess.Read));
        await using var writer = await WriterAsync(host);
        await writer.SetAsync("a", 1);
        await using var reader = await Peer.StartAsync(host, "zoo");
        await reader.UntilAsync("a");
        await reader.AcknowledgedAsync();
        Assert.Equal((ProviderState.Synced, SyncAccess.Read), (reader.Provider.State, reader.Provider.Access));
        await reader.SetAsync("mine", 1);
        Assert.Equal((ProviderState.Synced, 1), (reader.Provider.State, reader.Provider.UnacknowledgedCount));
        Assert.Contains(reader.Errors, e => e.Failure?.Code == SyncErrorCode.ReadOnly);
        var refused = await Assert.ThrowsAsync<SyncRefusedException>(reader.AcknowledgedAsync);
        Assert.Equal(SyncErrorCode.ReadOnly, refused.Failure.Code);
        await writer.SetAsync("b", 1);
        await reader.UntilAsync("b");
        Assert.False(await writer.HasAsync("mine"));
    }

    [Fact]
    public async Task Authorize_Throws_IsTransient()
    {
        var failures = 2;
        await using var host = await StartAsync((_, _) => failures-- > 0 ? throw new InvalidOperationException("the directory is down") : ValueTask.FromResult(RelayAccess.Write));
        await using var peer = await Peer.StartAsync(host, "zoo");
        Assert.Equal(2, peer.Errors.Count(e => e.Failure?.Code == SyncErrorCode.Internal));
        host.Log.AssertNoErrors("AuthorizeFailed");
    }

    [Fact]
    public async Task Default_BrowserPageOfAnotherSite_IsRefused()
    {
        await using var host = await RelayHost.StartAsync(_folder.Path);
        await using var foreign = new Peer(Connect("https://evil.example"), "zoo");
        await foreign.Provider.StartAsync();
        Assert.Equal(SyncErrorCode.Forbidden, (await Assert.ThrowsAsync<SyncRefusedException>(foreign.SyncedAsync)).Failure.Code);
        await using var local = new Peer(Connect("http://localhost:5173"), "zoo");
        await local.Provider.StartAsync();
        await local.SyncedAsync();

        HubConnection Connect(string origin) => new HubConnectionBuilder()
            .WithUrl($"{host.Url}/tinystore", options => options.Headers["Origin"] = origin).AddMessagePackProtocol().Build();
    }

    [Theory]
    [InlineData("127.0.0.1", null, null, true)]
    [InlineData("::1", null, null, true)]
    [InlineData("::ffff:127.0.0.1", null, null, true)]
    [InlineData(null, null, null, true)] // a pipe, a Unix socket, a test server
    [InlineData("192.168.1.5", null, null, false)]
    [InlineData("::ffff:10.0.0.1", null, null, false)]
    [InlineData("127.0.0.1", "X-Forwarded-For", "10.0.0.1", false)]
    [InlineData("127.0.0.1", "Forwarded", "for=10.0.0.1", false)]
    [InlineData("127.0.0.1", "Origin", "https://example.com", false)]
    [InlineData("127.0.0.1", "Origin", "null", false)]
    [InlineData("127.0.0.1", "Origin", "http://127.0.0.1:3000", true)]
    [InlineData("127.0.0.1", "Origin", "http://localhost.example.com", false)]
    public void IsLocal_OnlyWhatComesFromThisMachine(string? address, string? header, string? value, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        if (header is not null)
        {
            http.Request.Headers[header] = value;
        }

        Assert.Equal(expected, LocalCaller.IsLocal(http));
    }

    [Fact]
    public async Task AllowAnonymousNetwork_LetsEverybodyIn()
    {
        await using var host = await RelayHost.StartAsync(options =>
        {
            options.DataPath = _folder.Path;
            options.AllowAnonymousNetwork = true;
        });
        await using var connection = new HubConnectionBuilder()
            .WithUrl($"{host.Url}/tinystore", options => options.Headers["X-Forwarded-For"] = "10.0.0.1").AddMessagePackProtocol().Build();
        await using var peer = new Peer(connection, "zoo");
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
    }

    [Fact]
    public async Task Options_OutOfRange_StopTheHostFromStarting()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => RelayHost.StartAsync(options =>
        {
            options.DataPath = " ";
            options.MaxFrameBytes = 1000;
            options.MaxTransferBytes = 5;
            options.IdleRoomTimeout = TimeSpan.Zero;
        }));
        Assert.Equal(4, error.Failures.Count());
        Assert.Contains("65536", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapTinyStoreRelay_WithoutTheServices_SaysWhatToCall()
    {
        var app = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddTinyStoreRelay", Assert.Throws<InvalidOperationException>(() => app.MapTinyStoreRelay()).Message, StringComparison.Ordinal);
    }

    private Task<RelayHost> StartAsync(Func<RelayAuthorizeContext, CancellationToken, ValueTask<RelayAccess>> authorize) => RelayHost.StartAsync(options =>
    {
        options.DataPath = _folder.Path;
        options.Authorize = authorize;
    });

    private static async Task<Peer> WriterAsync(RelayHost host)
    {
        var peer = new Peer(new HubConnectionBuilder().WithUrl($"{host.Url}/tinystore?writer=1").AddMessagePackProtocol().Build(), "zoo");
        await peer.Provider.StartAsync();
        await peer.SyncedAsync();
        return peer;
    }
}
