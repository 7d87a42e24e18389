using TinyStore.Relay;

// dotnet run --project samples/BlazorPeer [-- --urls http://127.0.0.1:5206 --data FOLDER]
// One host for both: the page (samples/BlazorPeer.Client) and the relay that it syncs with, so that both are of one origin.
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:5206");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddTinyStoreRelay(options => options.DataPath = builder.Configuration["data"] ?? "relay-data").AddMessagePackProtocol();

await using var app = builder.Build();
app.MapStaticAssets();
app.MapTinyStoreRelay("/tinystore");
app.MapFallbackToFile("index.html");
await app.StartAsync().ConfigureAwait(false);
Console.WriteLine($"page and relay: {string.Join(' ', app.Urls)}");
await app.WaitForShutdownAsync().ConfigureAwait(false);
