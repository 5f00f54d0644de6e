package io.sluicemq.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class CertificateNamesTest {
    /** Made by openssl, with one name at least of each common kind. */
    private static final String PEM = """
            -----BEGIN CERTIFICATE-----
            MIIB/zCCAaWgAwIBAgIUdharzHfkB5FAOfHCHUgZh5UMN7gwCgYIKoZIzj0EAwIw
            EDEOMAwGA1UEAwwFbmFtZXMwIBcNMjYxMTIyMDE0MjQ1WhgPMjEyNjEwMjkwMTQy
            NDVaMBAxDjAMBgNVBAMMBW5hbWVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
            zjQEBAsHhqeSxxJs89GfZ6ePV5ektovgAHGKRi3UBKlB1y1d5ukMdgEQ/deEwEvb
            chUhKxFuCoinC0gpG/TAY6OB2jCB1zAdBgNVHQ4EFgQUMP4aul5t/huu+4AQKaIC
            SbsKduUwHwYDVR0jBBgwFoAUMP4aul5t/huu+4AQKaICSbsKduUwDwYDVR0TAQH/
            BAUwAwEB/zCBgwYDVR0RBHwweqAPBgMqAwSgCAwGc2VjcmV0gg5vcmRlcnMuZXhh
            bXBsZYYXc3BpZmZlOi8vZXhhbXBsZS9vcmRlcnOHBMAAAgGHEAAAAAAAAAAAAAAA
            AAAAAAGBC2FAYi5leGFtcGxlggl0d28gd29yZHOCDioud2lsZC5leGFtcGxlMAoG
            CCqGSM49BAMCA0gAMEUCIEwbnpWt9ISPOoWc3DocXAnna/QOZ8vvF6v6RbiEVhgM
            AiEA9iE1EcPA3rFWzrKMmw2XqThDvq5m8AnnCtZXlZorNHM=
            -----END CERTIFICATE-----
            """;

    private static X509Certificate certificate() throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(PEM.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void shouldNameTheKindOfEachName() throws CertificateException {
        assertThat(CertificateNames.all(certificate()))
                .containsExactly(
                        "other:?",
                        "DNS:orders.example",
                        "URI:spiffe://example/orders",
                        "IP:192.0.2.1",
                        "IP:0:0:0:0:0:0:0:1",
                        "email:a@b.example",
                        "DNS:two words",
                        "DNS:*.wild.example");
    }

    @Test
    void shouldGiveNamesThatCanBeToldApart() throws CertificateException {
        assertThat(CertificateNames.exact(certificate()))
                .isEqualTo("DNS:orders.example URI:spiffe://example/orders IP:192.0.2.1 IP:0:0:0:0:0:0:0:1"
                        + " DNS:*.wild.example");
    }

    @Test
    void shouldHaveNoneWhereThereAreNone() {
        final X509Certificate plain = new CertificateBuilder("CN=plain").build().certificate();

        assertThat(CertificateNames.all(plain)).isEmpty();
        assertThat(CertificateNames.exact(plain)).isEmpty();
    }

    @Test
    void shouldTakeForAnAddressOnlyWhatIsOne() {
        final X509Certificate made = new CertificateBuilder("CN=made")
                .name("1234")
                .name("1.2")
                .name("127.0.0.1")
                .name("::1")
                .build()
                .certificate();

        assertThat(CertificateNames.exact(made)).isEqualTo("DNS:1234 DNS:1.2 IP:127.0.0.1 IP:0:0:0:0:0:0:0:1");
    }
}
