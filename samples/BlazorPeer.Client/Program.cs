using BlazorPeer.Client;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Microsoft.Extensions.DependencyInjection;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.Services.AddScoped(_ => new Peer(new Uri(new Uri(builder.HostEnvironment.BaseAddress), "tinystore"), "pets"));
await builder.Build().RunAsync().ConfigureAwait(false);
